//! A scripted model provider for tests. See README.md.

mod calls;
mod formats;
mod scripts;
mod server;

use std::net::SocketAddr;

use clap::Parser;

/// Speaks the OpenAI and Anthropic wire formats and does what `POST /_scripts` told it to.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// What scripts with a `percent` are drawn by.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    server::serve(arguments.listen, arguments.seed).await
}
