<?php
/**
 * What the test of the connection found.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\Job\DaemonInfo;

/**
 * One outcome in words, with what to do about it.
 *
 * @since 0.1.0
 */
final class ConnectionReport {

	/**
	 * Takes what was found.
	 *
	 * @since 0.1.0
	 *
	 * @param ConnectionState $state      How the connection stands.
	 * @param string          $site_id    The site that was asked for.
	 * @param DaemonInfo|null $daemon     What the daemon said of itself.
	 * @param float|null      $ping_ms    How long the ping took, in milliseconds.
	 * @param string          $error_code The stable code of what went wrong.
	 * @param string          $detail     The error's own words; for an operator.
	 */
	public function __construct(
		public readonly ConnectionState $state,
		public readonly string $site_id = '',
		public readonly ?DaemonInfo $daemon = null,
		public readonly ?float $ping_ms = null,
		public readonly string $error_code = '',
		public readonly string $detail = ''
	) {
	}

	/**
	 * Tells whether questions can be handed over.
	 *
	 * @since 0.1.0
	 */
	public function is_good(): bool {
		return ConnectionState::Connected === $this->state;
	}

	/**
	 * Says how it stands, in a few words.
	 *
	 * @since 0.1.0
	 */
	public function headline(): string {
		return match ( $this->state ) {
			ConnectionState::Connected     => __( 'Connected', 'platen' ),
			ConnectionState::NotConfigured => __( 'Not set up yet', 'platen' ),
			ConnectionState::Away          => __( 'The daemon cannot be reached', 'platen' ),
			ConnectionState::TooSlow       => __( 'The daemon does not answer', 'platen' ),
			ConnectionState::NotAllowed    => __( 'The daemon does not let WordPress in', 'platen' ),
			ConnectionState::UnknownSite   => __( 'The daemon does not know this site', 'platen' ),
			ConnectionState::OtherVersion  => __( 'The daemon speaks another version', 'platen' ),
			ConnectionState::Refused       => __( 'The daemon refused the test', 'platen' ),
		};
	}

	/**
	 * Says what it means and what to do.
	 *
	 * @since 0.1.0
	 */
	public function advice(): string {
		return match ( $this->state ) {
			ConnectionState::Connected     => __( 'The daemon answers and knows this site. Questions are handed over at once.', 'platen' ),
			ConnectionState::NotConfigured => __( 'The site id is missing. Add this site to the daemon with the command below and copy what it prints into wp-config.php.', 'platen' ),
			ConnectionState::Away          => __( 'Start it with “systemctl start platend” and check the socket’s path below. Until then questions wait in the outbox and are handed over later; nothing is lost.', 'platen' ),
			ConnectionState::TooSlow       => __( 'It listens but does not answer in time. Look at its log. Until then questions wait in the outbox and are handed over later; nothing is lost.', 'platen' ),
			ConnectionState::NotAllowed    => __( 'Add the user or the group of PHP to ipc.allowed_uids or ipc.allowed_gids in the daemon’s configuration and restart it.', 'platen' ),
			ConnectionState::UnknownSite   => sprintf(
				/* translators: %s: The site's id. */
				__( 'No site “%s” was added to it. Add it with “platend site add”, or correct the site id.', 'platen' ),
				$this->site_id
			),
			ConnectionState::OtherVersion  => __( 'The daemon and the plugin must be of versions that belong together. Update the older one.', 'platen' ),
			ConnectionState::Refused       => sprintf(
				/* translators: %s: A stable error code. */
				__( 'Its reason: %s. Its log has the details.', 'platen' ),
				$this->error_code
			),
		};
	}

	/**
	 * Gives what is known about the daemon, by label.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, string>
	 */
	public function facts(): array {
		if ( null === $this->daemon ) {
			return '' === $this->detail ? array() : array( __( 'Detail', 'platen' ) => $this->detail );
		}

		$started = time() - intdiv( $this->daemon->uptimeMs, 1000 );
		$facts   = array(
			__( 'Version', 'platen' )  => $this->daemon->version,
			__( 'Protocol', 'platen' ) => (string) $this->daemon->protocol,
			__( 'Process', 'platen' )  => (string) $this->daemon->pid,
			__( 'Up for', 'platen' )   => human_time_diff( $started ),
		);
		if ( null !== $this->ping_ms ) {
			/* translators: %s: A number of milliseconds. */
			$facts[ __( 'Answered in', 'platen' ) ] = sprintf( __( '%s ms', 'platen' ), number_format_i18n( $this->ping_ms, 2 ) );
		}

		return $facts;
	}
}
