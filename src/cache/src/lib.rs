//! Prompt cache file.
