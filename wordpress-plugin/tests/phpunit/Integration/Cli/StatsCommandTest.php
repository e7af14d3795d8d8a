<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Cli;

final class StatsCommandTest extends CliTestCase {

	private string $busy;
	private string $idle;

	protected function setUp(): void {
		parent::setUp();
		$this->daemon->start();
		$this->log_in();
		$this->busy = wp_get_current_user()->user_login;
		$this->deliver( $this->asked_job( 'Old?' ), array(), 'evt_1' );
		$this->clock->advance( 2 * DAY_IN_SECONDS );
		$this->deliver( $this->asked_job( 'New?' ), array(), 'evt_2' );
		$this->log_in();
		$this->idle = wp_get_current_user()->user_login;
		$this->ask( array( 'conversation_id' => '99999999-2222-4333-8444-555555555555' ) );
	}

	public function test_each_user_has_requests_tokens_and_cost(): void {
		$users = $this->wp_json( 'ai:stats', '--format=json' );

		self::assertSame( array( $this->busy, $this->idle ), array_column( $users, 'user' ) );
		self::assertSame(
			array( 'requests' => 2, 'input_tokens' => 24, 'output_tokens' => 68, 'cost_usd' => '0.000246' ),
			array_intersect_key( $users[0], array_flip( array( 'requests', 'input_tokens', 'output_tokens', 'cost_usd' ) ) )
		);
		self::assertSame( array( 1, 0, '0.000000' ), array( $users[1]['requests'], $users[1]['input_tokens'], $users[1]['cost_usd'] ) );
	}

	public function test_since_leaves_out_what_is_older(): void {
		$users = $this->wp_json( 'ai:stats', '--since=2026-11-21', '--format=json' );

		self::assertSame( array( 1, 1 ), array_column( $users, 'requests' ) );
	}

	public function test_one_user_is_shown_alone(): void {
		self::assertSame( array( $this->idle ), array_column( $this->wp_json( 'ai:stats', "--user={$this->idle}", '--format=json' ), 'user' ) );
	}

	public function test_csv_and_table_have_the_documented_columns(): void {
		self::assertStringStartsWith( 'user_id,user,requests,input_tokens,output_tokens,cost_usd', $this->wp_cli( 'ai:stats', '--format=csv' )[1] );
		self::assertStringContainsString( $this->busy, $this->wp_cli( 'ai:stats' )[1] );
	}

	public function test_a_date_that_is_none_fails(): void {
		foreach ( array( '--since=whenever', '--since=' ) as $option ) {
			list( $code, , $errors ) = $this->wp_cli( 'ai:stats', $option );

			self::assertSame( 1, $code );
			self::assertStringContainsString( '--since must be a date or a span', $errors );
		}
	}
}
