<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Cli;

final class TraceCommandTest extends CliTestCase {

	public function test_the_hops_of_both_sides_come_with_their_times(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->ask( array(), array( 'X-Request-Id' => 'my-request' ) )->get_data()['job_id'];
		$this->clock->advance( 3 );
		$this->deliver( $job_id );

		$trace = $this->wp_json( 'platen', 'trace', $job_id, '--format=json' );

		self::assertSame( array( $job_id, 'my-request', true ), array( $trace['job_id'], $trace['request_id'], $trace['is_complete'] ) );
		$offsets = array_column( $trace['hops'], 'offset_ms', 'name' );
		self::assertEqualsCanonicalizing( array( 'rest.accepted', 'handoff.sent', 'job.accepted', 'webhook.received', 'result.stored' ), array_keys( $offsets ) );
		self::assertEquals( 0, $offsets['rest.accepted'] );
		self::assertEquals( 3000, $offsets['result.stored'] );
		self::assertSame( '2026-11-20T16:00:00.123456Z', $trace['hops'][0]['at'] );
	}

	public function test_the_table_shows_the_time_of_day_and_the_request_id(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->ask( array(), array( 'X-Request-Id' => 'my-request' ) )->get_data()['job_id'];

		list( $code, $output ) = $this->wp_cli( 'platen', 'trace', $job_id );

		self::assertSame( 0, $code );
		self::assertStringContainsString( 'Request id: my-request', $output );
		self::assertMatchesRegularExpression( '/16:00:00\.123\s+\+0\.0 ms\s+rest\.accepted/', $output );
	}

	public function test_without_the_daemon_it_warns_and_ends_with_2(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		list( $code, $output, $errors ) = $this->wp_cli( 'platen', 'trace', $job_id, '--format=json' );

		self::assertSame( 2, $code );
		self::assertStringContainsString( 'Is platend running?', $errors );
		self::assertFalse( json_decode( $output, true )['is_complete'] );
	}

	public function test_a_job_that_is_not_there_fails(): void {
		list( $code, $output, $errors ) = $this->wp_cli( 'platen', 'trace', 'nonsense' );

		self::assertSame( array( 1, '' ), array( $code, $output ) );
		self::assertStringContainsString( 'This site has no job “nonsense”.', $errors );
	}
}
