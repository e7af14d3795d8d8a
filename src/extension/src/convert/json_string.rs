//! Text as a JSON string.

/// How many bytes are looked at in one go: a register of every processor with vectors.
const CHUNK_BYTES: usize = 16;

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Appends a text as a JSON string: as `serde_json` writes it, but most texts have nothing to escape, and that is seen
/// for many bytes at a time.
pub(crate) fn append_json_string(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    loop {
        let (plain, others) = rest.split_at(plain_bytes(rest));
        out.extend_from_slice(plain);
        let Some((byte, behind)) = others.split_first() else { break };
        append_escaped(out, *byte);
        rest = behind;
    }
    out.push(b'"');
}

/// How many bytes a text begins with that stand for themselves.
fn plain_bytes(text: &[u8]) -> usize {
    let (chunks, _) = text.as_chunks::<CHUNK_BYTES>();
    // Without a way out of the inner loop, it is one comparison of all bytes.
    let is_plain =
        |chunk: &&[u8; CHUNK_BYTES]| !chunk.iter().fold(false, |any, byte| any | is_special(*byte));
    let skipped = chunks.iter().take_while(is_plain).count() * CHUNK_BYTES;
    let tail = text.get(skipped..).unwrap_or_default();
    skipped + tail.iter().take_while(|byte| !is_special(**byte)).count()
}

fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

#[cold]
fn append_escaped(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0C => b'f',
        b'\r' => b'r',
        _ => {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}
