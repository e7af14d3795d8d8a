//! What a definition must not say, and where the error points to.

use serde_json::json;

use super::{load, valid};
use crate::code::ErrorCode;
use crate::workflow::{Fault, InvalidInput, Workflow};

/// A definition with these lines before its steps, and these steps.
fn with(steps: &str) -> String {
    format!(
        r#"
name = "test"
version = 1
output = "first"
[input]
url = "text"
count = "integer"
maybe = "text?"
tags = "list<text>"
any = "json"
flag = "boolean"
[[steps]]
name = "first"
kind = "fetch"
params.url = "https://example.com/"
{steps}
"#
    )
}

#[track_caller]
fn refused(text: &str, path: &str, message: &str) {
    let error = load(text).unwrap_err();

    assert_eq!(error.path, path, "{error}");
    assert!(error.fault.to_string().contains(message), "{error}");
    assert_eq!(error.code(), ErrorCode::InvalidWorkflow);
}

/// A second step with these lines.
fn second(lines: &str) -> String {
    with(&format!("[[steps]]\nname = \"second\"\n{lines}"))
}

fn template(lines: &str) -> String {
    second(&format!("kind = \"template\"\nparams.value = 1\n{lines}"))
}

#[test]
fn a_cycle_is_named() {
    let text = with(
        r#"
[[steps]]
name = "a"
kind = "template"
params.value = "{{ steps.c }}"
[[steps]]
name = "b"
kind = "template"
needs = ["a", "first"]
params.value = 1
[[steps]]
name = "c"
kind = "template"
when = "exists(steps.b)"
params.value = 1
"#,
    );

    refused(&text, "steps.a", "a → c → b → a");
    refused(&template("needs = [\"second\"]"), "steps.second", "second → second");
}

#[test]
fn a_step_that_waits_for_a_cycle_is_not_named_as_a_part_of_it() {
    let text = with(
        r#"
[[steps]]
name = "waits"
kind = "template"
needs = ["a"]
params.value = 1
[[steps]]
name = "a"
kind = "template"
needs = ["b"]
params.value = 1
[[steps]]
name = "b"
kind = "template"
needs = ["a"]
params.value = 1
"#,
    );

    refused(&text, "steps.a", "each other: a → b → a");
}

#[test]
fn unknown_names_are_refused_where_they_stand() {
    refused(&template("needs = [\"gone\"]"), "steps.second.needs", "there is no step \"gone\"");
    refused(&template("for_each = \"steps.gone\""), "steps.second.for_each", "there is no step \"gone\"");
    refused(&template("when = \"exists(steps.gone)\""), "steps.second.when", "there is no step \"gone\"");
    refused(&second("kind = \"dance\""), "steps.second.kind", "\"dance\" is unknown");
    refused(&with("").replace("output = \"first\"", "output = \"last\""), "output", "no step \"last\"");
    refused(
        &second("kind = \"split\"\nparams = { text = 'x {{ input.gone }}', tokens = 10, model = 'm' }"),
        "steps.second.params.text",
        "\"input.gone\" names nothing",
    );
    refused(
        &second("kind = \"template\"\nparams.value = { a = [1, '{{ steps.first.body }}'] }"),
        "steps.second.params.value.a.1",
        "\"steps.first.body\" names nothing",
    );
    refused(&template("when = \"secrets.key == 1\""), "steps.second.when", "\"secrets.key\" names nothing");
}

#[test]
fn fields_that_do_not_exist_are_refused_with_their_step() {
    refused(&template("retri = 1"), "steps.second.retri", "unknown field `retri`");
    refused(&template("retry = { max_attempts = \"x\" }"), "steps.second.retry.max_attempts", "invalid type");
    refused("name = \"x\"", "", "missing field");
    refused(&template("needs = \"first\""), "steps.second.needs", "invalid type");
}

#[test]
fn names_must_fit_into_paths_and_be_unique() {
    refused(&template("").replace("\"second\"", "\"first\""), "steps.first.name", "another step");
    refused(&template("").replace("\"second\"", "\"Second\""), "steps.1.name", "a name is");
    refused(&template("").replace("\"second\"", "\"a.b\""), "steps.1.name", "a name is");
    refused(&with("").replace("name = \"test\"", "name = \"\""), "name", "a name is");
    refused(&with("").replace("flag =", "\"F\" ="), "input.F", "a name is");
    refused(&with("").replace("\"list<text>\"", "\"list<word>\""), "input.tags", "a type is");
}

#[test]
fn a_fan_out_needs_a_list() {
    refused(&template("for_each = \"input.url\""), "steps.second.for_each", "needs a list, this is text");
    refused(&template("for_each = \"steps.first.status\""), "steps.second.for_each", "this is integer");
    refused(&template("for_each = \"input.tags or 1\""), "steps.second.for_each", "was not expected");
    refused(&template("max_items = 3"), "steps.second.max_items", "needs for_each");
    refused(&template("parallel = 3"), "steps.second.parallel", "needs for_each");
    refused(
        &template("for_each = \"input.tags\"\nmax_items = 10001"),
        "steps.second.max_items",
        "1 to 10000",
    );
    refused(&template("for_each = \"input.tags\"\nparallel = 0"), "steps.second.parallel", "1 to 10000");
    valid(&template("for_each = \"input.tags\""));
    valid(&template("for_each = \"input.any\""));
}

#[test]
fn a_condition_is_a_boolean() {
    let cases = [
        ("input.url", "a condition is a boolean, this is text"),
        ("input.any", "this is json"),
        ("input.flag and steps.first.status", "this is integer"),
        ("not 5", "this is integer"),
        ("input.url < 5", "text and integer cannot be compared by <"),
        ("input.url == 5", "cannot be compared by =="),
        ("input.flag < true", "cannot be compared by <"),
        ("input.maybe > 3", "text? and integer cannot be compared by >"),
        ("item == 1", "only known in a step with for_each"),
        ("exists(result)", "only known in a compensation"),
        ("", "was not expected here"),
        ("input.flag and", "was not expected here"),
        ("(input.flag", "was not expected here"),
        ("input.flag)", "\")\" was not expected"),
        ("exists input.flag", "was not expected"),
        ("input.url == 'x", "a quotation mark is not closed"),
        ("input.count == 1x", "\"1x\" was not expected"),
        ("input.count = 1", "\"= 1\" was not expected"),
    ];
    for (condition, message) in cases {
        refused(&template(&format!("when = \"{condition}\"")), "steps.second.when", message);
    }
    let deep = format!("{}input.flag{}", "(".repeat(17), ")".repeat(17));
    refused(&template(&format!("when = \"{deep}\"")), "steps.second.when", "16 deep");
    let long = format!("input.flag{}", " or input.flag".repeat(100));
    refused(&template(&format!("when = \"{long}\"")), "steps.second.when", "1024 bytes");
}

#[test]
fn conditions_that_make_sense_are_taken() {
    for condition in [
        "input.flag",
        "not input.flag or input.count >= 3",
        "input.maybe == null",
        "input.maybe == 'x'",
        "input.any > 3 and input.any == 'x'",
        "exists(steps.first.text) and steps.first.status == 200.5",
        "'a' < input.url",
        "order_by_mistake == 1 or input.flag",
    ] {
        let result = load(&template(&format!("when = \"{condition}\"")));
        assert_eq!(result.is_ok(), !condition.contains("mistake"), "{condition}: {result:?}");
    }
}

#[test]
fn parameters_have_the_types_of_the_kind() {
    let split = |params: &str| second(&format!("kind = \"split\"\nparams = {{ {params} }}"));
    let at = |field: &str| format!("steps.second.params{field}");

    valid(&split("text = '{{ input.url }}', tokens = '{{ input.count }}', model = 'm'"));
    refused(&split("text = 'x', tokens = 10"), &at(""), "the parameter \"model\" is missing");
    refused(&split("text = 'x', tokens = 10, model = 'm', size = 1"), &at(""), "no parameter \"size\"");
    refused(
        &split("text = '{{ input.tags }}', tokens = 10, model = 'm'"),
        &at(".text"),
        "text is needed, this is list<text>",
    );
    refused(
        &split("text = 'x', tokens = '10', model = 'm'"),
        &at(".tokens"),
        "integer is needed, this is text",
    );
    refused(&split("text = 'x', tokens = 1.5, model = 'm'"), &at(".tokens"), "this is number");
    refused(
        &split("text = '{{ input.maybe }}', tokens = 10, model = 'm'"),
        &at(".text"),
        "text is needed, this is text?",
    );
    valid(&split("text = 'maybe {{ input.maybe }}', tokens = 10, model = 'm'"));
    refused(&split("text = 'x {{ item }}', tokens = 10, model = 'm'"), &at(".text"), "with for_each");
    refused(&split("text = 'x {{ input.url', tokens = 10, model = 'm'"), &at(".text"), "not closed");
    refused(&split("text = '{{ a + b }}', tokens = 10, model = 'm'"), &at(".text"), "\"a\" names nothing");
    refused(&split("text = '{{ input.url | upper }}', tokens = 10, model = 'm'"), &at(".text"), "\"| upper");
}

#[test]
fn literal_parameters_are_checked_as_a_job_would() {
    let chat = |params: &str| {
        second(&format!(
            "kind = \"chat\"\n[steps.params]\nmodel = \"default\"\nmessages = [{{ role = \"user\", content = \"{{{{ input.url }}}}\" }}]\n{params}"
        ))
    };

    valid(&chat(""));
    refused(&chat("temperature = 3"), "steps.second.params", "a temperature lies between 0 and 2");
    refused(
        &chat("max_output_tokens = -1"),
        "steps.second.params",
        "max_output_tokens is not what it must be",
    );
    refused(&chat("").replace("\"user\"", "\"robot\""), "steps.second.params", "messages[0].role");
    refused(
        &chat("").replace("content =", "text ="),
        "steps.second.params.messages.0",
        "no parameter \"text\"",
    );
    refused(
        &second("kind = \"fetch\"\nparams.url = \"file:///etc/passwd\""),
        "steps.second.params",
        "http or https",
    );
    refused(
        &second("kind = \"split\"\nparams = { text = '{{ input.url }}', tokens = 3, model = 'm' }"),
        "steps.second.params",
        "at least 8 tokens",
    );
}

#[test]
fn what_may_be_skipped_may_be_null() {
    let text = |when: &str| {
        with(&format!(
            r#"
[[steps]]
name = "shy"
kind = "fetch"
when = "input.flag"
params.url = "https://example.com/"
[[steps]]
name = "last"
kind = "split"
{when}
params = {{ text = '{{{{ steps.shy.text }}}}', tokens = 10, model = 'm' }}
"#
        ))
    };

    // It only runs when the other did.
    valid(&text(""));
    refused(&text("when = 'input.flag'"), "steps.last.params.text", "text is needed, this is text?");
}

#[test]
fn a_compensation_uses_only_what_had_ended_before_its_step() {
    let text = |params: &str| {
        with(&format!(
            r#"
[[steps]]
name = "late"
kind = "template"
params.value = "{{{{ steps.undone }}}}"
[[steps]]
name = "middle"
kind = "template"
needs = ["first"]
params.value = 1
[[steps]]
name = "undone"
kind = "fetch"
needs = ["middle"]
params.url = "https://example.com/"
compensate = {{ kind = "template", params = {{ value = "{params}" }} }}
"#
        ))
    };

    valid(&text("{{ result.status }} {{ steps.middle }} {{ steps.first.text }} {{ input.url }}"));
    let path = "steps.undone.compensate.params.value";
    refused(&text("{{ steps.late }}"), path, "but not \"late\"");
    refused(&text("{{ steps.undone }}"), path, "but not \"undone\"");
    refused(&text("{{ item }}"), path, "with for_each and in its compensation");
    refused(&text("{{ result.nothing }}"), path, "\"result.nothing\" names nothing");
    refused(&template("compensate = { kind = \"no\" }"), "steps.second.compensate.kind", "is unknown");
}

#[test]
fn an_output_that_never_runs_is_refused() {
    let text = with(
        r#"
[[steps]]
name = "never"
kind = "template"
when = "1 == 2"
params.value = 1
[[steps]]
name = "last"
kind = "template"
needs = ["never"]
params.value = 1
"#,
    );

    refused(&text.replace("output = \"first\"", "output = \"last\""), "output", "condition of \"never\"");
    valid(&text);
}

#[test]
fn numbers_have_ranges() {
    refused(&template("retry = { max_attempts = 0 }"), "steps.second.retry.max_attempts", "1 to 100");
    refused(
        &template("retry = { max_attempts = 2, backoff_base_ms = 500, backoff_cap_ms = 100 }"),
        "steps.second.retry.backoff_cap_ms",
        "500 to 86400000",
    );
    refused(&template("timeout_s = 0"), "steps.second.timeout_s", "1 to 86400");
}

#[test]
fn there_are_limits() {
    let steps = |count: usize| {
        let steps = (0..count).map(|place| format!("[[steps]]\nname = \"s{place}\"\nkind = \"template\"\n"));
        steps.collect::<Vec<_>>().concat()
    };

    valid(&with(&steps(63)));
    refused(&with(&steps(64)), "steps", "at most 64 steps");
    refused("name = \"x\"\nversion = 1\noutput = \"x\"\nsteps = []", "steps", "at least one step");
    let big = template("").replace("params.value = 1", &format!("params.value = '{}'", "x".repeat(300_000)));
    refused(&big, "", "at most 262144 bytes");
}

#[test]
fn an_input_must_have_the_types_that_are_named() {
    let workflow = valid(&with(""));
    let full = json!({ "url": "u", "count": 1, "tags": ["a"], "any": [{}], "flag": true });
    assert_eq!(workflow.check_input(&full), Ok(()));

    let wrong = |field: &str, value: serde_json::Value| {
        let mut input = full.clone();
        input[field] = value;
        workflow.check_input(&input).unwrap_err()
    };
    assert_eq!(wrong("url", json!(1)).to_string(), "input.url: text is needed");
    assert_eq!(wrong("url", json!(null)).to_string(), "input.url: text is needed");
    assert_eq!(wrong("count", json!(1.5)).to_string(), "input.count: integer is needed");
    assert_eq!(wrong("tags", json!(["a", 1])).to_string(), "input.tags: list<text> is needed");
    assert_eq!(wrong("more", json!(1)), InvalidInput::Unknown { path: "input.more".to_owned() });
    assert_eq!(workflow.check_input(&json!([])), Err(InvalidInput::NotAnObject));
}

#[test]
fn a_definition_is_the_same_in_toml_and_json() {
    let text = template("when = \"input.flag\"\nretry = { max_attempts = 2 }");
    let value: serde_json::Value = toml::from_str(&text).unwrap();

    assert_eq!(Workflow::load(value).unwrap(), valid(&text));
}

#[test]
fn a_fault_can_be_told_from_others_by_its_type() {
    let error = load(&template("needs = [\"gone\"]")).unwrap_err();

    assert_eq!(error.fault, Fault::UnknownStep { name: "gone".to_owned() });
}
