<?php
/**
 * What the site's admin has decided.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * The effective settings of one request. Secrets are not among them: see {@see Secrets}.
 *
 * @since 0.1.0
 */
final class Settings {

	/**
	 * Takes values that {@see Schema} has checked.
	 *
	 * @since 0.1.0
	 *
	 * @param string $socket               Path of the daemon's Unix socket; empty leaves it to `platen.socket`.
	 * @param string $site_id              Names this site to the daemon; empty until it is set up.
	 * @param string $model                An alias of the daemon's configuration, or a model id it allows.
	 * @param string $system_prompt        Stands before every conversation; may be empty.
	 * @param int    $max_output_tokens    The ceiling of one answer, in tokens.
	 * @param int    $context_tokens       The budget of prompt and answer together, in tokens.
	 * @param int    $rate_limit           Questions a user may ask per window.
	 * @param int    $rate_window_s        The window, in seconds.
	 * @param int    $deadline_ms          How long one call to the daemon may take, in milliseconds.
	 * @param bool   $anonymous            Whether visitors may ask without an account.
	 * @param int    $anonymous_rate_limit Questions an anonymous session may ask per window.
	 * @param bool   $remove_data          Whether deleting the plugin deletes its data.
	 * @param string $stream_base          Path under which the web server passes requests to the daemon.
	 */
	public function __construct(
		public readonly string $socket = '',
		public readonly string $site_id = '',
		public readonly string $model = 'default',
		public readonly string $system_prompt = '',
		public readonly int $max_output_tokens = 1024,
		public readonly int $context_tokens = 8192,
		public readonly int $rate_limit = 30,
		public readonly int $rate_window_s = 300,
		public readonly int $deadline_ms = 50,
		public readonly bool $anonymous = false,
		public readonly int $anonymous_rate_limit = 10,
		public readonly bool $remove_data = false,
		public readonly string $stream_base = '/platen'
	) {
	}

	/**
	 * Tells whether the site has a name, without which nothing can be handed over.
	 *
	 * @since 0.1.0
	 */
	public function has_site(): bool {
		return '' !== $this->site_id;
	}
}
