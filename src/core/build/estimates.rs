//! Turns `data/estimates.tsv` into the weights of `src/tokens/estimate.rs`.

use std::error::Error;
use std::fmt::Write as _;

/// Writes a static for each line below the heads: a name, the error in percent, and for each script what a token and a
/// byte weigh, in thousandths, as `token+byte`.
pub(crate) fn declare(file: &str) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for line in file.lines().skip(1) {
        let mut fields = line.split('\t');
        let name = fields.next().ok_or("a line has no name")?;
        let error: u16 = fields.next().ok_or("a line has no error")?.parse()?;
        let mut per_token: Vec<u16> = Vec::new();
        let mut per_byte: Vec<u16> = Vec::new();
        for field in fields {
            let (token, byte) = field.split_once('+').ok_or("a script has not two weights")?;
            per_token.push(token.parse()?);
            per_byte.push(byte.parse()?);
        }
        let constant = name.to_uppercase().replace(['-', '.'], "_");
        writeln!(code, "pub(super) static {constant}: Estimate = Estimate {{")?;
        writeln!(code, "    name: {name:?},\n    error_percent: {error},")?;
        writeln!(code, "    per_token: {per_token:?},\n    per_byte: {per_byte:?},\n}};")?;
    }
    Ok(code)
}
