<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Database;

use Platen\WordPress\Database\Migration;
use Platen\WordPress\Database\Migrator;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Tests\TestCase;

final class MigratorTest extends TestCase {

	private int $installed = 0;

	protected function setUp(): void {
		parent::setUp();
		$this->installed = (int) get_option( Migrator::VERSION_OPTION );
	}

	protected function tearDown(): void {
		update_option( Migrator::VERSION_OPTION, $this->installed, true );
		delete_option( Migrator::FAILURE_OPTION );
		delete_option( Migrator::LOCK_OPTION );
		parent::tearDown();
	}

	public function test_all_tables_are_there(): void {
		self::assertSame( 3, $this->installed );
		$schema = $this->services()->schema;
		foreach ( $schema->all() as $table ) {
			self::assertTrue( $schema->has( $table ), $table );
		}
	}

	public function test_running_all_again_keeps_every_row(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		update_option( Migrator::VERSION_OPTION, 0 );

		self::assertTrue( $this->services()->migrator->run() );
		self::assertTrue( $this->services()->migrator->run() );

		self::assertSame( $job_id, $this->job( $job_id )->id->value );
		self::assertSame( '3', (string) get_option( Migrator::VERSION_OPTION ) );
	}

	public function test_migrations_run_in_order_and_once(): void {
		update_option( Migrator::VERSION_OPTION, 1 );
		$ran      = array();
		$migrator = new Migrator( $this->services()->schema, $this->step( 1, $ran ), $this->step( 2, $ran ), $this->step( 3, $ran ) );

		$migrator->run();
		$migrator->run();

		self::assertSame( array( 2, 3 ), $ran );
	}

	public function test_the_first_failure_stops_and_is_shown_to_the_admin(): void {
		update_option( Migrator::VERSION_OPTION, 0 );
		$ran      = array();
		$migrator = new Migrator( $this->services()->schema, $this->step( 1, $ran ), $this->step( 2, $ran, 'wp_broken' ), $this->step( 3, $ran ) );

		self::assertFalse( $migrator->run() );

		self::assertSame( array( 1 ), $ran );
		self::assertSame( 1, (int) get_option( Migrator::VERSION_OPTION ) );
		$this->log_in( 'administrator' );
		ob_start();
		$migrator->show_failure();
		self::assertStringContainsString( 'wp_broken', (string) ob_get_clean() );
	}

	public function test_a_migration_that_runs_is_not_run_beside_itself(): void {
		update_option( Migrator::VERSION_OPTION, 0 );
		update_option( Migrator::LOCK_OPTION, time() );
		$ran = array();

		self::assertFalse( ( new Migrator( $this->services()->schema, $this->step( 1, $ran ) ) )->run() );
		update_option( Migrator::LOCK_OPTION, time() - 61 );
		self::assertTrue( ( new Migrator( $this->services()->schema, $this->step( 1, $ran ) ) )->run() );

		self::assertSame( array( 1 ), $ran );
	}

	/**
	 * Makes a migration that notes its run, or fails.
	 *
	 * @param list<int> $ran The versions that ran.
	 */
	private function step( int $version, array &$ran, ?string $missing_table = null ): Migration {
		return new class( $version, $ran, $missing_table ) implements Migration {

			public function __construct( private readonly int $version, private array &$ran, private readonly ?string $missing_table ) {
			}

			public function version(): int {
				return $this->version;
			}

			public function up( Schema $schema ): void {
				if ( null !== $this->missing_table ) {
					throw StorageFailed::table_missing( $this->missing_table );
				}
				$this->ran[] = $this->version;
			}
		};
	}
}
