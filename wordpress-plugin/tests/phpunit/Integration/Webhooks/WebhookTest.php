<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Webhooks;

use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Tests\TestCase;

final class WebhookTest extends TestCase {

	private string $job_id = '';

	protected function setUp(): void {
		parent::setUp();
		$this->log_in();
		$this->job_id = $this->asked_job();
		wp_set_current_user( 0 );
	}

	public function test_a_signed_webhook_ends_the_job(): void {
		$response = $this->deliver( $this->job_id );

		self::assertSame( array( 200, array( 'applied' => true ) ), array( $response->get_status(), $response->get_data() ) );
		$job = $this->job( $this->job_id );
		self::assertSame( 'succeeded', $job->status->value );
		self::assertSame( 'openai', $job->answer?->provider );
		self::assertNotNull( $job->webhook_at );
		self::assertNull( $job->next_handoff_at );
	}

	/** @dataProvider forgeries */
	public function test_a_forged_webhook_is_401_and_changes_nothing( callable $forge, string $code ): void {
		$body    = $this->webhook_body( $this->job_id );
		$headers = $this->sign( $body, 'evt_1' );
		[ $body, $headers ] = $forge( $body, $headers, fn ( int $at ): array => $this->sign( $body, 'evt_1', $this->clock->now()->getTimestamp() + $at ) );

		$response = $this->send( 'POST', '/webhook', $body, $headers );

		self::assertSame( array( 401, "platen_{$code}" ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 'queued', $this->job( $this->job_id )->status->value );
	}

	public static function forgeries(): array {
		$without = static fn ( string $name ): callable => static fn ( string $body, array $headers ): array => array( $body, array_diff_key( $headers, array( $name => 1 ) ) );

		return array(
			'bad signature'   => array( static fn ( $body, $headers ) => array( $body, array( 'webhook-signature' => 'v1,' . base64_encode( str_repeat( 'x', 32 ) ) ) + $headers ), 'invalid_signature' ),
			'tampered body'   => array( static fn ( $body, $headers ) => array( str_replace( 'paper', 'PAPER', $body ), $headers ), 'invalid_signature' ),
			'reformatted'     => array( static fn ( $body, $headers ) => array( $body . ' ', $headers ), 'invalid_signature' ),
			'another id'      => array( static fn ( $body, $headers ) => array( $body, array( 'webhook-id' => 'evt_2' ) + $headers ), 'invalid_signature' ),
			'no id'           => array( $without( 'webhook-id' ), 'invalid_signature' ),
			'no timestamp'    => array( $without( 'webhook-timestamp' ), 'invalid_signature' ),
			'no signature'    => array( $without( 'webhook-signature' ), 'invalid_signature' ),
			'too old'         => array( static fn ( $body, $headers, $sign ) => array( $body, $sign( -301 ) ), 'timestamp_out_of_tolerance' ),
			'from the future' => array( static fn ( $body, $headers, $sign ) => array( $body, $sign( 301 ) ), 'timestamp_out_of_tolerance' ),
		);
	}

	public function test_the_edge_of_the_tolerance_still_holds(): void {
		$body = $this->webhook_body( $this->job_id );

		$response = $this->send( 'POST', '/webhook', $body, $this->sign( $body, 'evt_1', $this->clock->now()->getTimestamp() - 300 ) );

		self::assertSame( 200, $response->get_status() );
	}

	public function test_a_replay_is_200_without_effect(): void {
		$ended = 0;
		add_action( 'platen_job_finished', static function () use ( &$ended ): void { ++$ended; } );
		$this->deliver( $this->job_id );

		$replay = $this->deliver( $this->job_id, array( 'result' => array( 'text' => 'Another.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );

		self::assertSame( array( 200, array( 'applied' => false ) ), array( $replay->get_status(), $replay->get_data() ) );
		self::assertSame( 'It presses the paper.', $this->job( $this->job_id )->answer?->text );
		self::assertSame( 1, $ended );
	}

	public function test_a_second_event_of_the_same_end_changes_nothing(): void {
		$ended = 0;
		add_action( 'platen_job_finished', static function () use ( &$ended ): void { ++$ended; } );
		$this->deliver( $this->job_id, array(), 'evt_1' );
		$this->clock->advance( 5 );

		$this->deliver( $this->job_id, self::death( 1 ), 'evt_2' );

		self::assertSame( 'succeeded', $this->job( $this->job_id )->status->value );
		self::assertSame( 1, $ended );
		self::assertSame( '1', $GLOBALS['wpdb']->get_var( "SELECT COUNT(*) FROM {$this->services()->schema->messages()} WHERE role = 'assistant'" ) );
	}

	public function test_a_job_of_another_site_is_200_without_effect(): void {
		$response = $this->deliver( '0193d2e0-0000-7000-8000-000000000000' );

		self::assertSame( array( 200, array( 'applied' => false ) ), array( $response->get_status(), $response->get_data() ) );
	}

	/** @dataProvider malformed_bodies */
	public function test_a_signed_body_of_another_form_is_400( array $data ): void {
		$response = $this->deliver( $this->job_id, $data );

		self::assertSame( array( 400, 'platen_invalid_request' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 'queued', $this->job( $this->job_id )->status->value );
	}

	public static function malformed_bodies(): array {
		return array(
			'not an end'        => array( array( 'status' => 'running' ) ),
			'unknown status'    => array( array( 'status' => 'done' ) ),
			'no job id'         => array( array( 'job_id' => 'x' ) ),
			'no answer'         => array( array( 'result' => null ) ),
			'answer of a kind'  => array( array( 'result' => array( 'text' => 7 ) ) ),
			'negative attempt'  => array( array( 'attempt' => -1 ) ),
			'usage of a kind'   => array( array( 'usage' => array( 'input_tokens' => '12' ) ) ),
		);
	}

	public function test_the_site_hears_of_the_end_with_the_stored_job(): void {
		$heard = array();
		add_action( 'platen_job_finished', static function ( Job $job ) use ( &$heard ): void { $heard[] = $job->answer?->text; } );

		$this->deliver( $this->job_id );

		self::assertSame( array( 'It presses the paper.' ), $heard );
	}

	public function test_a_failing_listener_does_not_lose_the_answer(): void {
		add_action( 'platen_job_finished', static function (): void { throw new \RuntimeException( 'a plugin of the site fails' ); } );

		$this->deliver( $this->job_id );

		self::assertSame( 'succeeded', $this->job( $this->job_id )->status->value );
	}

	public function test_a_crash_between_note_and_effect_loses_nothing(): void {
		$messages = $this->services()->schema->messages();
		$crash    = static fn ( string $query ): string => str_contains( $query, $messages ) ? 'SELECT broken FROM nowhere' : $query;
		add_filter( 'query', $crash );
		$failed = $this->deliver( $this->job_id );
		remove_filter( 'query', $crash );
		self::assertSame( 500, $failed->get_status() );
		self::assertSame( 'queued', $this->job( $this->job_id )->status->value );

		$again = $this->deliver( $this->job_id );

		self::assertTrue( $again->get_data()['applied'] );
		self::assertSame( 'succeeded', $this->job( $this->job_id )->status->value );
	}

	public function test_old_events_are_pruned(): void {
		$this->deliver( $this->job_id );
		$this->clock->advance( 2 * DAY_IN_SECONDS + 1 );

		self::assertSame( 1, $this->services()->webhook_events->prune() );
	}

	public function test_html_of_an_answer_is_not_kept(): void {
		$this->deliver( $this->job_id, array( 'result' => array( 'text' => 'Hi <img src=x onerror=alert(1)><script>alert(2)</script> there', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );

		self::assertSame( 'Hi alert(2) there', $this->job( $this->job_id )->answer?->text );
	}
}
