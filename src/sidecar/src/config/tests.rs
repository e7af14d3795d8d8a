use std::time::Duration;

use super::file::File;
use super::*;

const DEFAULT_TOML: &str = include_str!("../../default.toml");

fn load(toml: &str, environment: &Environment) -> Result<Config, ConfigError> {
    let file = toml::from_str::<File>(toml).map_err(|source| ConfigError::Malformed {
        path: PathBuf::from("test.toml"),
        source: Box::new(source),
    })?;
    Config::from_file(file, environment)
}

fn problem(toml: &str) -> String {
    let error = anyhow::Error::from(load(toml, &Environment::default()).unwrap_err());
    format!("{error:#}")
}

/// Takes the comment signs off the examples of providers and models.
fn with_examples() -> String {
    let (settings, examples) = DEFAULT_TOML.split_once("# [[providers]]").unwrap();
    let examples = examples.lines().filter_map(|line| {
        let bare = line.trim_start_matches("# ").trim_start_matches('#');
        (bare.contains(" = ") || bare.starts_with('[')).then(|| bare.to_owned())
    });
    format!("{settings}\n[[providers]]\n{}", examples.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_documented_defaults_are_the_defaults() {
    let documented: toml::Table = toml::from_str(DEFAULT_TOML).unwrap();
    let code = toml::Table::try_from(File::default()).unwrap();

    assert_eq!(documented, code);
}

#[test]
fn the_documented_examples_are_valid_and_name_every_key() {
    let environment = Environment::of(&[("OPENAI_API_KEY", "sk-planted")]);
    let text = with_examples();

    let config = load(&text, &environment).unwrap();

    let written: toml::Table = toml::from_str(&text).unwrap();
    let code = toml::Table::try_from(toml::from_str::<File>(&text).unwrap()).unwrap();
    assert_eq!(written, code, "a key of [[providers]] or [models] is not in the example");
    assert_eq!(config.providers[0].timeouts, Timeouts::default());
    assert_eq!(config.models[0].price, Some(Price { input: 150_000, cached_input: 75_000, output: 600_000 }));
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    assert!(problem("[jobs]\nconcurency = 3\n").contains("concurency"));
    assert!(problem("[job]\n").contains("job"));
}

#[test]
fn a_value_outside_its_range_is_refused_by_name() {
    for (toml, name) in [
        ("[jobs]\nconcurrency = 0", "jobs.concurrency"),
        ("[jobs]\nlease_s = 1", "jobs.lease_s"),
        ("[http]\nlisten = \"0.0.0.0:8787\"", "http.listen"),
        ("[ipc]\nmode = 0o666", "ipc.mode"),
        ("[ipc]\nsocket = \"platend.sock\"", "ipc.socket"),
        ("[daemon]\nstate_dir = \"here\"", "daemon.state_dir"),
        ("[models.other]\nprovider = \"offline\"\nmodel = \"x\"", "models.default"),
        ("[models.default]\nprovider = \"nobody\"\nmodel = \"x\"", "models.default.provider"),
        (
            "[[providers]]\nname = \"a\"\nkind = \"openai\"\napi_key_env = \"UNSET\"",
            "providers.a.api_key_env",
        ),
        ("[[providers]]\nname = \"a\"\nkind = \"openai\"\nbase_url = \"ftp://x\"", "providers.a.base_url"),
    ] {
        assert!(problem(toml).starts_with(name), "{toml}: {}", problem(toml));
    }
}

#[test]
fn without_anything_the_offline_provider_answers() {
    let config = load("", &Environment::default()).unwrap();

    assert_eq!(config.providers[0].kind, ProviderKind::Offline);
    assert_eq!(config.models[0].alias, "default");
    assert_eq!(config.models[0].provider, "offline");
}

#[test]
fn the_environment_offers_providers_in_a_fixed_order() {
    let environment = Environment::of(&[
        ("OLLAMA_HOST", "10.0.0.7"),
        ("ANTHROPIC_API_KEY", "sk-ant-planted"),
        ("OPENAI_API_KEY", "sk-planted"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/"),
        ("OPENAI_MODEL", "tiny"),
    ]);

    let config = load("", &environment).unwrap();

    let names: Vec<_> = config.providers.iter().map(|provider| provider.name.as_str()).collect();
    assert_eq!(names, ["openai", "anthropic", "ollama"]);
    assert_eq!(config.providers[0].base_url, "http://127.0.0.1:9/v1");
    assert_eq!(config.providers[2].base_url, "http://10.0.0.7:11434/v1");
    assert_eq!((config.models[0].alias.as_str(), config.models[0].model.as_str()), ("default", "tiny"));
    assert_eq!(config.models[0].price, None, "a price is only known at the maker's own address");
}

#[test]
fn no_key_shows_in_debug_output_or_errors() {
    let environment = Environment::of(&[("OPENAI_API_KEY", "sk-planted")]);

    let config = load("", &environment).unwrap();
    let toml = "[[providers]]\nname = \"a\"\nkind = \"openai\"\nbase_url = \"http://me:planted@host/\"";

    assert!(!format!("{config:?}").contains("planted"));
    assert!(!problem(toml).contains("planted"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let environment = Environment::of(&[("PLATEN_STATE_DIR", "/srv/p"), ("PLATEN_LOG_LEVEL", "debug")]);

    let config = load("[log]\nlevel = \"error\"", &environment).unwrap();

    assert_eq!(config.daemon.state_dir, PathBuf::from("/srv/p"));
    assert_eq!(config.log.level, LogLevel::Debug);
}

#[test]
fn a_price_is_exact_and_rounds_up() {
    let price = Price { input: 150_000, cached_input: 75_000, output: 600_000 };
    let usage = |input, cached, output| platen_core::job::Usage {
        input_tokens: input,
        cached_input_tokens: cached,
        output_tokens: output,
        ..Default::default()
    };

    assert_eq!(price.of(&usage(1_000_000, 0, 1_000_000)), 750_000);
    assert_eq!(price.of(&usage(1_000_000, 1_000_000, 0)), 75_000);
    assert_eq!(price.of(&usage(1, 0, 0)), 1);
    assert_eq!(price.of(&usage(0, 0, 0)), 0);
    assert_eq!(price.of(&usage(0, 5, 0)), 0, "more cached than all counts as all");
}

#[test]
fn durations_are_read_in_the_unit_that_the_key_names() {
    let config = load("[jobs]\nlease_s = 7\nbackoff_base_ms = 9", &Environment::default()).unwrap();

    assert_eq!(config.jobs.lease, Duration::from_secs(7));
    assert_eq!(config.jobs.backoff_base, Duration::from_millis(9));
}
