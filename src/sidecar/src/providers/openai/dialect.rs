use reqwest::Url;

/// Where servers that speak chat completions differ in what they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// OpenAI itself: its reasoning models refuse `max_tokens` and any temperature.
    OpenAi,
    /// OpenAI's models behind Azure's own header for the key.
    Azure,
    /// Refuses fields it does not know (422) and sends usage without being asked.
    Mistral,
    /// Everything else: the oldest name of each field, which all of them know.
    Compatible,
}

impl Dialect {
    /// Tells the dialect by the host of the base address.
    pub(super) fn of(base_url: &str) -> Self {
        let url = Url::parse(base_url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        if host == "api.openai.com" || host.ends_with(".api.openai.com") {
            Self::OpenAi
        } else if host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com") {
            Self::Azure
        } else if host == "api.mistral.ai" {
            Self::Mistral
        } else {
            Self::Compatible
        }
    }

    /// Whether usage comes only when it is asked for.
    pub(super) fn must_ask_for_usage(self) -> bool {
        match self {
            Self::OpenAi | Self::Azure | Self::Compatible => true,
            Self::Mistral => false,
        }
    }

    /// Whether the models behind it are OpenAI's own.
    pub(super) fn has_openai_models(self) -> bool {
        match self {
            Self::OpenAi | Self::Azure => true,
            Self::Mistral | Self::Compatible => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_tells_the_dialect() {
        for (url, dialect) in [
            ("https://api.openai.com/v1", Dialect::OpenAi),
            ("https://eu.api.openai.com/v1", Dialect::OpenAi),
            ("https://acme.openai.azure.com/openai/v1", Dialect::Azure),
            ("https://api.mistral.ai/v1", Dialect::Mistral),
            ("http://127.0.0.1:11434/v1", Dialect::Compatible),
            ("https://api.openai.com.example.com/v1", Dialect::Compatible),
        ] {
            assert_eq!(Dialect::of(url), dialect, "{url}");
        }
    }
}
