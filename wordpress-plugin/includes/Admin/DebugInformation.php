<?php
/**
 * Platen in the site's debug information.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;

/**
 * Adds what a supporter needs. What names this server or this site is private and left out of the copied text;
 * secrets are told as set or missing only.
 *
 * @since 0.1.0
 */
final class DebugInformation implements Registrable {

	/**
	 * How long the page waits for the daemon, in milliseconds.
	 */
	private const TEST_DEADLINE_MS = 500;

	/**
	 * Takes what is shown.
	 *
	 * @since 0.1.0
	 *
	 * @param SettingsRepository $settings   The settings.
	 * @param Secrets            $secrets    The secrets, of which only the state is shown.
	 * @param ConnectionTest     $connection The test of the connection.
	 * @param JobRepository      $jobs       The jobs.
	 */
	public function __construct(
		private readonly SettingsRepository $settings,
		private readonly Secrets $secrets,
		private readonly ConnectionTest $connection,
		private readonly JobRepository $jobs
	) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_filter( 'debug_information', array( $this, 'add_section' ) );
	}

	/**
	 * Adds the section.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, array<string, mixed>> $info The sections there are.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_section( array $info ): array {
		$info['platen'] = array(
			'label'  => __( 'Platen', 'platen' ),
			'fields' => $this->software() + $this->configuration() + $this->job_counts(),
		);

		return $info;
	}

	/**
	 * Tells what runs.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	private function software(): array {
		$report    = $this->connection->run( self::TEST_DEADLINE_MS );
		$extension = phpversion( 'platen' );

		return array(
			'plugin'         => self::field( __( 'Plugin', 'platen' ), PLATEN_VERSION ),
			'extension'      => self::field( __( 'PHP extension', 'platen' ), false === $extension ? __( 'not loaded', 'platen' ) : $extension ),
			'connection'     => self::field( __( 'Connection', 'platen' ), $report->headline(), $report->state->value ),
			'daemon'         => self::field( __( 'Daemon', 'platen' ), $report->daemon->version ?? JobColumns::NONE ),
			'error_code'     => self::field( __( 'Last answer', 'platen' ), '' === $report->error_code ? JobColumns::NONE : $report->error_code ),
		);
	}

	/**
	 * Tells how it is configured.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	private function configuration(): array {
		$settings = $this->settings->get();
		$fields   = array(
			'site_id' => self::secluded( __( 'Site id', 'platen' ), $settings->site_id ),
			'socket'  => self::secluded( __( 'Socket', 'platen' ), '' === $settings->socket ? __( 'default', 'platen' ) : $settings->socket ),
			'model'   => self::field( __( 'Model', 'platen' ), $settings->model ),
		);
		foreach ( array( Secrets::SITE_SECRET, Secrets::WEBHOOK_SECRET ) as $name ) {
			$state                         = $this->secrets->state( $name );
			$fields[ strtolower( $name ) ] = self::field( $name, $state->label(), $state->value );
		}

		return $fields + array(
			'limits'    => self::field( __( 'Limits', 'platen' ), sprintf( '%d / %d s', $settings->rate_limit, $settings->rate_window_s ) ),
			'anonymous' => self::field( __( 'Visitors may ask', 'platen' ), $settings->anonymous ? __( 'Yes', 'platen' ) : __( 'No', 'platen' ), $settings->anonymous ? 'true' : 'false' ),
			'deadline'  => self::field( __( 'Deadline', 'platen' ), $settings->deadline_ms . ' ms' ),
		);
	}

	/**
	 * Tells how many jobs there are.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	private function job_counts(): array {
		try {
			$counts = $this->jobs->counts();
		} catch ( StorageFailed $failure ) {
			return array( 'jobs' => self::field( __( 'Jobs', 'platen' ), $failure->getMessage() ) );
		}

		$texts = array_map( static fn ( string $word, int $count ): string => "{$word}: {$count}", array_keys( $counts ), $counts );

		return array( 'jobs' => self::field( __( 'Jobs', 'platen' ), implode( ', ', $texts ) ) );
	}

	/**
	 * Describes a line that may be copied and sent.
	 *
	 * @param string      $label The label.
	 * @param string      $value The value.
	 * @param string|null $debug The value for the copied text, which is not translated.
	 * @return array<string, mixed>
	 */
	private static function field( string $label, string $value, ?string $debug = null ): array {
		return array(
			'label'   => $label,
			'value'   => $value,
			'debug'   => $debug ?? $value,
			'private' => false,
		);
	}

	/**
	 * Describes a line that stays on this page.
	 *
	 * @param string $label The label.
	 * @param string $value The value.
	 * @return array<string, mixed>
	 */
	private static function secluded( string $label, string $value ): array {
		return array( 'private' => true ) + self::field( $label, '' === $value ? JobColumns::NONE : $value );
	}
}
