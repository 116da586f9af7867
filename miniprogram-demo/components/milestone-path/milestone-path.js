// The milestones of a run as gifts along a path.
Component({
  properties: { stations: Array },
});
