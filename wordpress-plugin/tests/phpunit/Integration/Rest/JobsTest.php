<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class JobsTest extends TestCase {

	public function test_a_job_has_the_documented_fields(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$response = $this->rest( 'GET', "/jobs/{$job_id}" );

		self::assertSame( 200, $response->get_status() );
		self::assertSame(
			array(
				'id'         => $job_id,
				'status'     => 'queued',
				'result'     => null,
				'usage'      => null,
				'error'      => null,
				'created_at' => '2026-11-20T16:00:00.123456Z',
				'updated_at' => '2026-11-20T16:00:00.123456Z',
			),
			$response->get_data()
		);
		self::assertSame( 'private, no-cache', $response->get_headers()['Cache-Control'] );
	}

	public function test_an_unchanged_job_is_304_and_a_changed_one_is_not(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$etag   = $this->rest( 'GET', "/jobs/{$job_id}" )->get_headers()['ETag'];

		$same = $this->rest( 'GET', "/jobs/{$job_id}", array(), array( 'If-None-Match' => 'W/' . $etag ) );
		$this->deliver( $job_id );
		$changed = $this->rest( 'GET', "/jobs/{$job_id}", array(), array( 'If-None-Match' => $etag ) );

		self::assertSame( 304, $same->get_status() );
		self::assertNull( $same->get_data() );
		self::assertSame( $etag, $same->get_headers()['ETag'] );
		self::assertSame( 200, $changed->get_status() );
		self::assertNotSame( $etag, $changed->get_headers()['ETag'] );
	}

	public function test_a_succeeded_job_has_answer_and_usage(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id );

		$job = $this->rest( 'GET', "/jobs/{$job_id}" )->get_data();

		self::assertSame( array( 'text' => 'It presses the paper.', 'finish_reason' => 'stop', 'model' => 'gpt-test' ), $job['result'] );
		self::assertSame(
			array( 'input_tokens' => 12, 'cached_input_tokens' => 2, 'output_tokens' => 34, 'reasoning_tokens' => 0, 'cost_microusd' => 123, 'is_estimate' => false ),
			$job['usage']
		);
	}

	public function test_a_dead_job_says_so_in_the_visitors_words(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id, self::death() );

		$error = $this->rest( 'GET', "/jobs/{$job_id}" )->get_data()['error'];

		self::assertSame( 'provider_failed', $error['code'] );
		self::assertSame( 'The assistant could not answer. Please try again.', $error['message'] );
	}

	/** @dataProvider routes_of_a_job */
	public function test_anothers_job_is_not_there( string $method, string $suffix ): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id, self::death() );
		$this->log_in();

		$response = $this->rest( $method, "/jobs/{$job_id}{$suffix}" );

		self::assertSame( array( 404, 'platen_job_not_found' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 'dead', $this->job( $job_id )->status->value );
	}

	/** @dataProvider routes_of_a_job */
	public function test_nobody_is_told_nothing( string $method, string $suffix ): void {
		self::assertSame( 401, $this->rest( $method, "/jobs/0193d2e0-0000-7000-8000-000000000000{$suffix}" )->get_status() );
	}

	/** @dataProvider routes_of_a_job */
	public function test_a_uuid_that_is_no_job_is_404( string $method, string $suffix ): void {
		$this->log_in();

		self::assertSame( 404, $this->rest( $method, "/jobs/11111111-2222-4333-8444-555555555555{$suffix}" )->get_status() );
	}

	public static function routes_of_a_job(): array {
		return array(
			'show'   => array( 'GET', '' ),
			'stream' => array( 'POST', '/stream' ),
			'cancel' => array( 'POST', '/cancel' ),
			'retry'  => array( 'POST', '/retry' ),
		);
	}

	public function test_a_poll_follows_the_daemon(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, array( 'status' => 'running', 'attempt' => 1 ) );
		$this->clock->advance( 2 );

		$job = $this->rest( 'GET', "/jobs/{$job_id}" )->get_data();

		self::assertSame( 'running', $job['status'] );
		self::assertSame( '2026-11-20T16:00:02.123456Z', $job['updated_at'] );
	}

	public function test_a_poll_takes_over_an_end_whose_webhook_is_late(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, array( 'status' => 'succeeded', 'attempt' => 1, 'result' => array( 'text' => 'Early.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );

		$polled = $this->rest( 'GET', "/jobs/{$job_id}" )->get_data();
		$late   = $this->deliver( $job_id );

		self::assertSame( 'Early.', $polled['result']['text'] );
		self::assertTrue( $late->get_data()['applied'] );
		self::assertSame( 'Early.', $this->job( $job_id )->answer?->text, 'The end is written once.' );
	}

	public function test_a_poll_hands_a_waiting_job_over_when_the_daemon_is_back(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->start();
		$this->clock->advance( 2 );

		$this->rest( 'GET', "/jobs/{$job_id}" );
		$stream = $this->rest( 'POST', "/jobs/{$job_id}/stream" );

		self::assertCount( 1, $this->daemon->requests( FakeDaemon::SUBMIT ) );
		self::assertStringContainsString( "/jobs/{$job_id}/stream?token=", $stream->get_data()['stream'] );
	}

	public function test_a_poll_gives_the_daemon_a_job_it_lost(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->stop();
		$this->daemon->start();

		$this->rest( 'GET', "/jobs/{$job_id}" );

		self::assertCount( 2, $this->daemon->requests( FakeDaemon::SUBMIT ) );
		self::assertTrue( $this->job( $job_id )->is_handed_off() );
	}

	public function test_there_is_no_stream_while_the_job_waits(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$response = $this->rest( 'POST', "/jobs/{$job_id}/stream" );

		self::assertSame( array( 200, array( 'stream' => null ) ), array( $response->get_status(), $response->get_data() ) );
	}

	public function test_a_job_is_cancelled_in_the_daemon(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();

		$response = $this->rest( 'POST', "/jobs/{$job_id}/cancel" );

		self::assertSame( array( 200, 'cancelled' ), array( $response->get_status(), $response->get_data()['status'] ) );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::CANCEL ) );
	}

	public function test_a_waiting_job_is_cancelled_without_the_daemon(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$response = $this->rest( 'POST', "/jobs/{$job_id}/cancel" );
		$this->daemon->start();
		$this->services()->outbox->flush_all( 10 );

		self::assertSame( 'cancelled', $response->get_data()['status'] );
		self::assertSame( array(), $this->daemon->requests( FakeDaemon::SUBMIT ) );
	}

	public function test_a_job_the_daemon_has_is_not_cancelled_behind_its_back(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->stop();

		$response = $this->rest( 'POST', "/jobs/{$job_id}/cancel" );

		self::assertSame( array( 503, 'platen_daemon_unavailable' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 'queued', $this->job( $job_id )->status->value );
	}

	public function test_a_job_that_has_ended_stays_as_it_ended(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id );

		self::assertSame( 'succeeded', $this->rest( 'POST', "/jobs/{$job_id}/cancel" )->get_data()['status'] );
	}

	public function test_only_a_dead_job_is_retried(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$response = $this->rest( 'POST', "/jobs/{$job_id}/retry" );

		self::assertSame( array( 409, 'platen_invalid_transition' ), array( $response->get_status(), $response->get_data()['code'] ) );
	}

	public function test_a_retry_takes_a_token(): void {
		$this->settings( array( 'rate_limit' => 1 ) );
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id, self::death() );

		$response = $this->rest( 'POST', "/jobs/{$job_id}/retry" );

		self::assertSame( 429, $response->get_status() );
		self::assertSame( 'dead', $this->job( $job_id )->status->value );
	}

	public function test_somebody_who_manages_the_site_may_retry_anothers_job(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, self::death() );
		$this->deliver( $job_id, self::death() );
		$this->log_in( 'administrator' );

		$response = $this->rest( 'POST', "/jobs/{$job_id}/retry" );

		self::assertSame( array( 202, 'queued' ), array( $response->get_status(), $response->get_data()['status'] ) );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::RETRY ) );
	}
}
