//! The statements as PostgreSQL reads them.

/// Opens what only PostgreSQL needs.
const OPEN: &str = "/*pg:";

/// Turns `?1` into `$1` and takes the marks away from what only PostgreSQL needs. No text of a statement has a
/// question mark or such a mark inside quotes.
pub(super) fn postgres(statement: &str) -> String {
    let mut text = String::with_capacity(statement.len());
    let mut rest = statement;
    while let Some(start) = rest.find(OPEN) {
        let (before, marked) = rest.split_at(start);
        let (inside, after) = marked[OPEN.len()..].split_once("*/").unwrap_or((&marked[OPEN.len()..], ""));
        text.push_str(before);
        text.push(' ');
        text.push_str(inside.trim());
        text.push(' ');
        rest = after;
    }
    text.push_str(rest);
    text.replace('?', "$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_additions_are_postgresql_s() {
        let statement = "SELECT a/*pg:, b*/FROM t WHERE c = ?1 AND d = ?12/*pg: FOR UPDATE */";

        assert_eq!(postgres(statement), "SELECT a , b FROM t WHERE c = $1 AND d = $12 FOR UPDATE ");
    }

    #[test]
    fn what_both_understand_stays() {
        assert_eq!(postgres("SELECT 1 /* plain */"), "SELECT 1 /* plain */");
    }
}
