//! `config!`: a struct and its reader from one declaration.

/// Declares structs that are read from objects.
///
/// ```text
/// config! {
///     /// What it is.
///     pub struct MakeUp {
///         /// How far back a missed day can be made up for.
///         window_days: u32 [1..=366],           // required; the range of a number, of text's bytes, of a list's length
///         /// At most so many a month.
///         per_month: u32 [0..=31] = 3,          // 3 when missing or bad
///         /// Which sources count.
///         sources: Each<Name> [0..=8] = [],     // empty when missing or bad; only for `Each`
///         /// What it costs.
///         cost: Cost = {},                      // read from `{}` when missing: all its fields must have defaults
///     }
/// }
/// ```
/// A default that is no single token stands in parentheses.
macro_rules! config {
    ($(
        $(#[$about:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$doc:meta])* $field:ident : $type:ty $([$low:literal ..= $high:tt])? $(= $default:tt)? ),* $(,)?
        }
    )*) => { $(
        $(#[$about])*
        $vis struct $name {
            $( $(#[$doc])* $vis $field: $type ),*
        }

        impl $crate::program::read::Read for $name {
            fn read(cursor: &$crate::program::read::Cursor) -> $name {
                cursor.object();
                let made = $name::fields(cursor);
                cursor.done();
                made
            }
        }

        impl $name {
            fn fields(cursor: &$crate::program::read::Cursor) -> $name {
                $name {
                    $( $field: $crate::program::macros::field!(cursor, $field, ($($low as i64, $high as i64)?), $($default)?) ),*
                }
            }
        }
    )* };
}

/// One field of [`config!`]: which method of the cursor reads it.
macro_rules! field {
    ($cursor:ident, $field:ident, (), $($default:tt)?) => {
        $crate::program::macros::field!($cursor, $field, (0, 0), $($default)?)
    };
    ($cursor:ident, $field:ident, $range:tt,) => {
        $cursor.required(stringify!($field), $range)
    };
    ($cursor:ident, $field:ident, $range:tt, []) => {
        $cursor.or_empty_list(stringify!($field), $range)
    };
    ($cursor:ident, $field:ident, $range:tt, {}) => {
        $cursor.or_empty_map(stringify!($field), $range)
    };
    ($cursor:ident, $field:ident, $range:tt, $default:tt) => {
        $cursor.or(stringify!($field), $range, $default)
    };
}

pub(crate) use {config, field};
