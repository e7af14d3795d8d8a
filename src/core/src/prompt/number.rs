use serde_json::Number;

/// Writes a number as [`canonical`](super::canonical) describes it.
pub(super) fn write_number(out: &mut String, number: &Number) {
    if let Some(integer) = number.as_i64() {
        out.push_str(&integer.to_string());
    } else if let Some(double) = number.as_f64().and_then(Number::from_f64) {
        write_double(out, &double.to_string());
    }
}

/// Writes a double in the form of ECMAScript's `Number::toString` (ECMA-262 §6.1.6.1.20). The digits are those
/// of `serde_json`, which are the fewest that give the same double, and the even ones of two as near: the
/// standard library takes the upper ones there, and JavaScript and PHP do not.
fn write_double(out: &mut String, double: &str) {
    let (sign, double) = double.strip_prefix('-').map_or(("", double), |double| ("-", double));
    let (digits, point) = digits(double);
    if digits.is_empty() {
        // Also for -0.0, whose sign ECMAScript does not write.
        out.push('0');
        return;
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    out.push_str(sign);
    if count <= point && point <= 21 {
        out.push_str(&digits);
        push_zeros(out, point - count);
    } else if 0 < point && point <= 21 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        out.extend([whole, ".", fraction]);
    } else if -6 < point && point <= 0 {
        out.push_str("0.");
        push_zeros(out, -point);
        out.push_str(&digits);
    } else {
        let (first, fraction) = digits.split_at(1);
        let dot = if fraction.is_empty() { "" } else { "." };
        out.extend([first, dot, fraction, &format!("e{:+}", point - 1)]);
    }
}

/// The significant digits, and how many of them stand before the decimal point.
fn digits(double: &str) -> (String, i32) {
    let (mantissa, exponent) = double.split_once('e').unwrap_or((double, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let zeros = all.len() - significant.len();
    let point = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let exponent = exponent.parse::<i32>().unwrap_or(0);
    (significant.trim_end_matches('0').to_owned(), point(whole.len()) - point(zeros) + exponent)
}

fn push_zeros(out: &mut String, count: i32) {
    out.extend(std::iter::repeat_n('0', usize::try_from(count).unwrap_or(0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_written(bits: u64, expected: &str) {
        let mut out = String::new();
        write_number(&mut out, &Number::from_f64(f64::from_bits(bits)).unwrap());
        assert_eq!(out, expected);
    }

    #[test]
    fn the_samples_of_rfc_8785_are_written_as_there() {
        assert_written(0x0000_0000_0000_0000, "0");
        assert_written(0x8000_0000_0000_0000, "0");
        assert_written(0x0000_0000_0000_0001, "5e-324");
        assert_written(0x8000_0000_0000_0001, "-5e-324");
        assert_written(0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308");
        assert_written(0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308");
        assert_written(0x4340_0000_0000_0000, "9007199254740992");
        assert_written(0xc340_0000_0000_0000, "-9007199254740992");
        assert_written(0x4430_0000_0000_0000, "295147905179352830000");
        assert_written(0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22");
        assert_written(0x44b5_2d02_c7e1_4af6, "1e+23");
        assert_written(0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23");
        assert_written(0x444b_1ae4_d6e2_ef4e, "999999999999999700000");
        assert_written(0x444b_1ae4_d6e2_ef4f, "999999999999999900000");
        assert_written(0x444b_1ae4_d6e2_ef50, "1e+21");
        assert_written(0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7");
        assert_written(0x3eb0_c6f7_a0b5_ed8d, "0.000001");
        assert_written(0x41b3_de43_5555_5553, "333333333.3333332");
        assert_written(0x41b3_de43_5555_5554, "333333333.33333325");
        assert_written(0x41b3_de43_5555_5555, "333333333.3333333");
        assert_written(0xbecb_f647_612f_3696, "-0.0000033333333333333333");
        assert_written(0x4314_3ff3_c1cb_0959, "1424953923781206.2");
    }

    #[test]
    fn integers_of_64_bits_keep_their_digits_and_larger_ones_are_doubles() {
        let mut out = String::new();
        write_number(&mut out, &Number::from(9_007_199_254_740_993_u64));
        write_number(&mut out, &Number::from(i64::MIN));
        out.push(' ');
        write_number(&mut out, &Number::from(u64::MAX));

        assert_eq!(out, "9007199254740993-9223372036854775808 18446744073709552000");
    }
}
