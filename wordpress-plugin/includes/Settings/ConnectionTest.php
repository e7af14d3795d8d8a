<?php
/**
 * The test of the connection to the daemon.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\Job\JobId;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Pings the daemon and asks it whether it knows this site.
 *
 * @since 0.1.0
 */
final class ConnectionTest {

	/**
	 * Takes the parts.
	 *
	 * @since 0.1.0
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param SidecarGateway     $daemon   The daemon.
	 */
	public function __construct( private readonly SettingsRepository $settings, private readonly SidecarGateway $daemon ) {
	}

	/**
	 * Runs the test.
	 *
	 * @since 0.1.0
	 *
	 * @param int $deadline_ms How long to wait for the ping, in milliseconds.
	 */
	public function run( int $deadline_ms ): ConnectionReport {
		$settings = $this->settings->get();
		if ( ! $settings->has_site() ) {
			return new ConnectionReport( ConnectionState::NotConfigured );
		}

		$daemon  = null;
		$ping_ms = null;
		try {
			$begun_ns = hrtime( true );
			$daemon   = $this->daemon->ping( $deadline_ms );
			$ping_ms  = ( hrtime( true ) - $begun_ns ) / 1e6;
			// Nobody has a job with a fresh id, so the refusal tells whether the site is known.
			$this->daemon->status( JobId::generate() );
			$code   = '';
			$detail = '';
		} catch ( DaemonAway | DaemonRefused $cause ) {
			$code   = $cause->error_code;
			$detail = ( $cause->getPrevious() ?? $cause )->getMessage();
		}

		return new ConnectionReport( self::state( $code ), $settings->site_id, $daemon, $ping_ms, $code, $detail );
	}

	/**
	 * Reads the outcome out of the code of what went wrong.
	 *
	 * @param string $error_code The stable code; empty when nothing did.
	 */
	private static function state( string $error_code ): ConnectionState {
		return match ( $error_code ) {
			'', 'job_not_found'   => ConnectionState::Connected,
			'daemon_unavailable'  => ConnectionState::Away,
			'deadline_exceeded'   => ConnectionState::TooSlow,
			'peer_not_allowed'    => ConnectionState::NotAllowed,
			'unknown_site'        => ConnectionState::UnknownSite,
			'unsupported_version' => ConnectionState::OtherVersion,
			default               => ConnectionState::Refused,
		};
	}
}
