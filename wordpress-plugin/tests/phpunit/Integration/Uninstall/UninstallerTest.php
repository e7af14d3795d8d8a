<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Uninstall;

use Platen\WordPress\Admin\JobsPage;
use Platen\WordPress\Cron\Upkeep;
use Platen\WordPress\Database\Migrator;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Settings\Uninstaller;
use Platen\WordPress\Tests\TestCase;

final class UninstallerTest extends TestCase {

	protected function tearDown(): void {
		delete_option( Migrator::VERSION_OPTION );
		$this->services()->migrator->run();
		parent::tearDown();
	}

	public function test_nobody_asked_so_everything_stays(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		wp_schedule_single_event( time() + 60, Upkeep::HOOK );

		self::assertFalse( $this->uninstaller()->run_on_site() );

		self::assertSame( $job_id, $this->job( $job_id )->id->value );
		self::assertIsArray( get_option( SettingsRepository::OPTION ) );
		self::assertFalse( wp_next_scheduled( Upkeep::HOOK ) );
	}

	public function test_the_setting_removes_everything(): void {
		$user_id = $this->log_in();
		$this->asked_job();
		update_user_meta( $user_id, JobsPage::PER_PAGE_OPTION, 50 );
		$this->settings( array( 'remove_data' => true ) );

		self::assertTrue( $this->uninstaller()->run_on_site() );

		$schema = $this->services()->schema;
		foreach ( $schema->all() as $table ) {
			self::assertFalse( $schema->has( $table ), $table );
		}
		foreach ( array( SettingsRepository::OPTION, Migrator::VERSION_OPTION, Migrator::FAILURE_OPTION, Migrator::LOCK_OPTION ) as $option ) {
			self::assertFalse( get_option( $option, false ), $option );
		}
		self::assertSame( '', get_user_meta( $user_id, JobsPage::PER_PAGE_OPTION, true ) );
	}

	public function test_no_option_of_the_plugin_is_left(): void {
		global $wpdb;
		$this->settings( array( 'remove_data' => true ) );
		$this->uninstaller()->run_on_site();

		$left = $wpdb->get_col( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE '%platen%'" );

		self::assertSame( array(), $left );
	}

	public function test_the_constant_wins_over_the_setting_both_ways(): void {
		$this->settings( array( 'remove_data' => true ) );
		self::assertFalse( $this->uninstaller( array( 'PLATEN_REMOVE_DATA' => 'false' ) )->run_on_site() );

		$this->settings( array( 'remove_data' => false ) );
		self::assertTrue( $this->uninstaller( array( 'PLATEN_REMOVE_DATA' => '1' ) )->run_on_site() );
	}

	public function test_the_file_runs_only_when_wordpress_uninstalls(): void {
		$file   = dirname( __DIR__, 4 ) . '/uninstall.php';
		$output = shell_exec( escapeshellarg( PHP_BINARY ) . ' -r ' . escapeshellarg( "require '{$file}'; echo 'went on';" ) . ' 2>&1' );

		self::assertStringNotContainsString( 'went on', (string) $output );
		self::assertStringNotContainsString( 'rror', (string) $output );
	}

	/** @param array<string, string> $constants What wp-config.php holds. */
	private function uninstaller( array $constants = array() ): Uninstaller {
		return new Uninstaller( $GLOBALS['wpdb'], new SettingsRepository( new Constants( $constants ) ) );
	}
}
