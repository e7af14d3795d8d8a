<?php
/**
 * Bringing the tables up to date.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Database;

use Platen\WordPress\Contracts\Registrable;

/**
 * Runs the migrations that are missing, in order, and records each. Stops at the first failure and tells the admin.
 *
 * @since 0.1.0
 */
final class Migrator implements Registrable {

	public const VERSION_OPTION = 'platen_db_version';
	public const FAILURE_OPTION = 'platen_db_failure';
	public const LOCK_OPTION    = 'platen_db_lock';

	/** After this many seconds the lock of a migration that died is taken over. */
	private const LOCK_LIFETIME_S = 60;

	/**
	 * Every migration, oldest first.
	 *
	 * @var array<Migration>
	 */
	private readonly array $migrations;

	/**
	 * Takes the tables' names and the whole history.
	 *
	 * @param Schema    $schema        The tables' names.
	 * @param Migration ...$migrations Every migration, oldest first.
	 */
	public function __construct( private readonly Schema $schema, Migration ...$migrations ) {
		$this->migrations = $migrations;
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'init', array( $this, 'run_when_outdated' ), 1 );
		add_action( 'admin_notices', array( $this, 'show_failure' ) );
	}

	/**
	 * Runs when the recorded version differs. After a failure only an admin's or a maintenance request tries again,
	 * so that visitors do not pay for it.
	 */
	public function run_when_outdated(): void {
		if ( $this->is_current() ) {
			return;
		}
		$is_maintenance = is_admin() || wp_doing_cron() || ( defined( 'WP_CLI' ) && WP_CLI );
		if ( $is_maintenance || false === get_option( self::FAILURE_OPTION ) ) {
			$this->run();
		}
	}

	/**
	 * Runs what is missing. Safe to call at any time.
	 *
	 * @return bool Whether all migrations stand.
	 */
	public function run(): bool {
		if ( ! $this->lock() ) {
			return false;
		}

		try {
			foreach ( $this->missing() as $migration ) {
				$migration->up( $this->schema );
				update_option( self::VERSION_OPTION, $migration->version(), true );
			}
			delete_option( self::FAILURE_OPTION );
		} catch ( StorageFailed $failure ) {
			update_option( self::FAILURE_OPTION, $failure->getMessage(), true );

			return false;
		} finally {
			delete_option( self::LOCK_OPTION );
		}

		return true;
	}

	/**
	 * Tells whether nothing is missing.
	 */
	public function is_current(): bool {
		return array() === $this->missing();
	}

	/**
	 * Tells the admin why the tables are not up to date.
	 */
	public function show_failure(): void {
		$failure = get_option( self::FAILURE_OPTION );
		if ( ! is_string( $failure ) || ! current_user_can( 'manage_options' ) ) {
			return;
		}

		wp_admin_notice(
			sprintf(
				/* translators: %s: What the database refused. */
				esc_html__( 'Platen could not prepare its tables: %s. It tries again on the next page of this dashboard.', 'platen' ),
				esc_html( $failure )
			),
			array( 'type' => 'error' )
		);
	}

	/**
	 * Lists the migrations that did not run yet.
	 *
	 * @return list<Migration>
	 */
	private function missing(): array {
		$installed = (int) get_option( self::VERSION_OPTION, 0 );

		return array_values(
			array_filter( $this->migrations, static fn ( Migration $migration ): bool => $migration->version() > $installed )
		);
	}

	/**
	 * Takes the lock, so that two requests do not create the same table at once.
	 */
	private function lock(): bool {
		if ( add_option( self::LOCK_OPTION, time(), '', false ) ) {
			return true;
		}
		if ( time() - (int) get_option( self::LOCK_OPTION ) < self::LOCK_LIFETIME_S ) {
			return false;
		}
		update_option( self::LOCK_OPTION, time(), false );

		return true;
	}
}
