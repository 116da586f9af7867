//! The calibration table as a picture: what was said against what happened. On the diagonal a chance means what it says.

use std::fmt::Write;

use super::quality::Quality;

/// Inside the axes, in pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 48.0;

/// An SVG with one line for each named score.
pub fn calibration(scores: &[(&str, &Quality)]) -> String {
    let whole = SIDE + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" width=\"{whole}\" height=\"{whole}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    axes(&mut svg);
    for (at, (name, quality)) in scores.iter().enumerate() {
        let colour = ["#0a7d4b", "#b3541e", "#4a5bc4"].get(at).copied().unwrap_or("#666");
        curve(&mut svg, quality, colour);
        let (x, y) = (MARGIN + 10.0, MARGIN + 18.0 * (at as f64 + 1.0));
        let QualityText(text) = QualityText::of(quality);
        push(&mut svg, format_args!("<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{}: {text}</text>\n", escaped(name)));
    }
    svg.push_str("</svg>\n");
    svg
}

struct QualityText(String);

impl QualityText {
    fn of(quality: &Quality) -> QualityText {
        let Quality { auc, log_loss, people, .. } = quality;
        QualityText(format!("AUC {auc:.3}, log-loss {log_loss:.3}, {people} people"))
    }
}

/// Writing to a String can't fail.
fn push(svg: &mut String, text: std::fmt::Arguments) {
    let _ = svg.write_fmt(text);
}

fn axes(svg: &mut String) {
    let (low, high) = (MARGIN, MARGIN + SIDE);
    push(svg, format_args!("<path d=\"M{low} {low}V{high}H{high}\" fill=\"none\" stroke=\"#333\"/>\n"));
    push(svg, format_args!("<path d=\"M{low} {high}L{high} {low}\" stroke=\"#bbb\" stroke-dasharray=\"4 4\"/>\n"));
    for tick in 0..=4 {
        let (share, at) = (f64::from(tick) / 4.0, f64::from(tick) * SIDE / 4.0);
        let (x, y) = (low + at, high - at);
        push(svg, format_args!("<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{share}</text>\n", high + 16.0));
        push(svg, format_args!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{share}</text>\n", low - 6.0, y + 4.0));
    }
    let middle = MARGIN + SIDE / 2.0;
    push(svg, format_args!("<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">said</text>\n", high + 36.0));
    push(svg, format_args!("<text x=\"14\" y=\"{middle}\" transform=\"rotate(-90 14 {middle})\" text-anchor=\"middle\">happened</text>\n"));
}

fn curve(svg: &mut String, quality: &Quality, colour: &str) {
    let place = |said: f64, happened: f64| (MARGIN + SIDE * said, MARGIN + SIDE * (1.0 - happened));
    let points: Vec<(f64, f64)> = quality.calibration.iter().map(|group| place(group.said, group.happened)).collect();
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    push(
        svg,
        format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n",
            path.join(" ")
        ),
    );
    for (x, y) in points {
        push(svg, format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>\n"));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::super::quality::Said;
    use super::*;

    #[test]
    fn every_group_is_a_point() {
        let said: Vec<Said> =
            (0..100).map(|n| Said { chance: f64::from(n) / 100.0, happened: n % 100 > 50 || n % 7 == 0 }).collect();
        let quality = Quality::of(&said).unwrap();
        let svg = calibration(&[("a < b", &quality), ("c", &quality)]);
        assert_eq!((svg.matches("<circle").count(), svg.matches("<polyline").count()), (20, 2));
        assert!(svg.contains("a &lt; b: AUC 0.") && svg.ends_with("</svg>\n"));
    }
}
