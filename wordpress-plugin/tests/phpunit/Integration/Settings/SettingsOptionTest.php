<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Settings;

use Platen\WordPress\Settings\SettingsOption;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Tests\TestCase;

final class SettingsOptionTest extends TestCase {

	private SettingsOption $option;

	protected function setUp(): void {
		parent::setUp();
		require_once ABSPATH . 'wp-admin/includes/template.php';
		delete_option( SettingsRepository::OPTION );
		$GLOBALS['wp_settings_errors'] = array();
		$this->option                  = new SettingsOption();
		$this->option->register();
		$this->option->register_option();
	}

	protected function tearDown(): void {
		unregister_setting( SettingsOption::GROUP, SettingsRepository::OPTION );
		parent::tearDown();
	}

	public function test_what_a_form_sends_becomes_typed_values(): void {
		update_option(
			SettingsRepository::OPTION,
			array(
				'rate_limit'    => '12',
				'anonymous'     => '1',
				'remove_data'   => '0',
				'model'         => '  fast ',
				'system_prompt' => "Be <b>kind</b>.\nBe short.",
			)
		);

		self::assertSame(
			array(
				'model'         => 'fast',
				'system_prompt' => "Be kind.\nBe short.",
				'rate_limit'    => 12,
				'anonymous'     => true,
				'remove_data'   => false,
			),
			get_option( SettingsRepository::OPTION )
		);
		self::assertSame( array(), get_settings_errors( SettingsRepository::OPTION ) );
	}

	/** @return array<string, array{string, mixed, string}> */
	public function refused_values(): array {
		return array(
			'no number'                   => array( 'rate_limit', 'many', 'Questions per user' ),
			'a fraction'                  => array( 'rate_limit', '1.5', 'Questions per user' ),
			'below the range'             => array( 'deadline_ms', '1', 'Deadline' ),
			'a list'                      => array( 'model', array( 'a' ), 'Model' ),
			'a relative socket'           => array( 'socket', 'run/platend.sock', 'Socket' ),
			'a socket that is too long'   => array( 'socket', '/' . str_repeat( 'a', 107 ), 'Socket' ),
			'a site id with capitals'     => array( 'site_id', 'Main', 'Site id' ),
			'a stream path with a host'   => array( 'stream_base', '//evil.example', 'Stream path' ),
			'an answer without a prompt'  => array( 'max_output_tokens', '8192', 'Longest answer' ),
		);
	}

	/** @dataProvider refused_values */
	public function test_a_refused_value_leaves_the_old_one_and_is_reported( string $name, mixed $value, string $label ): void {
		$before = ( new SettingsRepository() )->get();

		update_option( SettingsRepository::OPTION, array( $name => $value, 'system_prompt' => 'kept' ) );

		$after = ( new SettingsRepository() )->get();
		self::assertSame( $before->$name, $after->$name );
		self::assertSame( 'kept', $after->system_prompt );
		$errors = get_settings_errors( SettingsRepository::OPTION );
		self::assertCount( 1, $errors );
		self::assertStringStartsWith( $label . ' was not changed: ', $errors[0]['message'] );
	}

	public function test_the_option_needs_no_query_of_its_own(): void {
		update_option( SettingsRepository::OPTION, array( 'model' => 'fast' ) );

		self::assertArrayHasKey( SettingsRepository::OPTION, wp_load_alloptions( true ) );
	}

	public function test_rest_shows_and_takes_the_settings_of_an_admin_only(): void {
		$GLOBALS['wp_rest_server'] = null;
		add_action( 'rest_api_init', array( $this->option, 'register_option' ), 1 );
		$read = static fn (): \WP_REST_Response => rest_ensure_response( rest_do_request( new \WP_REST_Request( 'GET', '/wp/v2/settings' ) ) );

		$this->log_in( 'subscriber' );
		self::assertSame( 403, $read()->get_status() );

		$this->log_in( 'administrator' );
		self::assertSame( 30, $read()->get_data()[ SettingsRepository::OPTION ]['rate_limit'] );
		$write = new \WP_REST_Request( 'POST', '/wp/v2/settings' );
		$write->set_body_params( array( SettingsRepository::OPTION => array( 'rate_limit' => 7 ) ) );
		self::assertSame( 200, rest_do_request( $write )->get_status() );
		self::assertSame( 7, ( new SettingsRepository() )->get()->rate_limit );
		$write->set_body_params( array( SettingsRepository::OPTION => array( 'rate_limit' => 0 ) ) );
		self::assertSame( 400, rest_do_request( $write )->get_status() );
	}
}
