<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Settings;

use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Schema;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Settings\Source;
use Platen\WordPress\Tests\TestCase;

final class SettingsRepositoryTest extends TestCase {

	public function test_without_an_option_the_defaults_hold(): void {
		delete_option( SettingsRepository::OPTION );

		$settings = ( new SettingsRepository( new Constants( array() ) ) )->get();

		self::assertEquals( Schema::defaults(), get_object_vars( $settings ) );
		self::assertSame( array( 30, 300, 10, 50 ), array( $settings->rate_limit, $settings->rate_window_s, $settings->anonymous_rate_limit, $settings->deadline_ms ) );
		self::assertFalse( $settings->anonymous );
		self::assertFalse( $settings->remove_data );
	}

	public function test_a_constant_wins_over_the_option_and_says_so(): void {
		update_option( SettingsRepository::OPTION, array( 'site_id' => 'from-option', 'socket' => '/run/option.sock', 'model' => 'fast' ) );
		$repository = new SettingsRepository( new Constants( array( 'PLATEN_SITE_ID' => 'from-constant' ) ) );

		$settings = $repository->get();

		self::assertSame( array( 'from-constant', '/run/option.sock', 'fast' ), array( $settings->site_id, $settings->socket, $settings->model ) );
		self::assertSame( Source::Constant, $repository->source( 'site_id' ) );
		self::assertSame( Source::Option, $repository->source( 'socket' ) );
		self::assertSame( Source::Default, $repository->source( 'rate_limit' ) );
		self::assertSame( 'PLATEN_SITE_ID', $repository->constant_name( 'site_id' ) );
	}

	public function test_the_environment_is_read_where_no_constant_is(): void {
		putenv( 'PLATEN_TEST_ONLY=from-environment' );
		$constants = new Constants();

		self::assertSame( 'from-environment', $constants->get( 'PLATEN_TEST_ONLY' ) );
		self::assertSame( Source::Environment, $constants->source( 'PLATEN_TEST_ONLY' ) );
		putenv( 'PLATEN_TEST_ONLY' );
		self::assertNull( $constants->get( 'PLATEN_TEST_ONLY' ) );
	}

	/** @return array<string, array{mixed}> */
	public function broken_options(): array {
		return array(
			'no array'            => array( 'text' ),
			'other types'         => array( array( 'rate_limit' => '30', 'anonymous' => 'yes', 'socket' => array() ) ),
			'values out of range' => array( array( 'rate_limit' => 0, 'deadline_ms' => 999999, 'site_id' => 'Not An Id' ) ),
			'a relative socket'   => array( array( 'socket' => 'platend.sock' ) ),
		);
	}

	/** @dataProvider broken_options */
	public function test_a_broken_option_is_read_as_the_defaults( mixed $option ): void {
		$this->write_raw( $option );

		$settings = ( new SettingsRepository( new Constants( array() ) ) )->get();

		self::assertEquals( Schema::defaults(), get_object_vars( $settings ) );
	}

	public function test_an_update_keeps_what_it_does_not_name_and_refuses_what_is_wrong(): void {
		$repository = new SettingsRepository( new Constants( array() ) );
		$repository->update( array( 'model' => 'fast', 'rate_limit' => 5 ) );

		$repository->update( array( 'rate_limit' => -1, 'anonymous' => true, 'unheard_of' => 1 ) );

		$settings = $repository->get();
		self::assertSame( array( 'fast', 5, true ), array( $settings->model, $settings->rate_limit, $settings->anonymous ) );
		self::assertArrayNotHasKey( 'unheard_of', get_option( SettingsRepository::OPTION ) );
	}

	/** Writes the option as another plugin or an old version might have. */
	private function write_raw( mixed $option ): void {
		remove_all_filters( 'sanitize_option_' . SettingsRepository::OPTION );
		update_option( SettingsRepository::OPTION, $option );
	}
}
