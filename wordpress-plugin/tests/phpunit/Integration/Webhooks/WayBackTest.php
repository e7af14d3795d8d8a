<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Webhooks;

use Platen\SigningKey;
use Platen\WordPress\Admin\WebhooksHealth;
use Platen\WordPress\Cron\Upkeep;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;
use Platen\WordPress\Webhooks\ResultPuller;

/**
 * Several secrets, long answers, batches, and results that the site asks for.
 */
final class WayBackTest extends TestCase {

	private const OLD = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
	private const NEW = 'whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=';

	protected function setUp(): void {
		parent::setUp();
		delete_option( ResultPuller::CURSOR_OPTION );
		$this->daemon->start();
		$this->log_in();
	}

	/** @return list<array{string}> */
	public static function secrets_in_force(): array {
		return array( array( self::OLD ), array( self::NEW ) );
	}

	/** @dataProvider secrets_in_force */
	public function test_each_of_several_secrets_signs( string $secret ): void {
		$job_id = $this->asked_job();
		$this->fix( array( Secrets::WEBHOOK_SECRET => self::OLD . "\n  " . self::NEW ) );
		$body = $this->webhook_body( $job_id );

		$response = $this->send( 'POST', '/webhook', $body, $this->sign_with( $secret, $body ) );

		self::assertSame( array( 'applied' => true ), $response->get_data() );
	}

	public function test_a_secret_that_was_retired_signs_no_more_and_a_malformed_one_lets_nothing_in(): void {
		$job_id = $this->asked_job();
		$body   = $this->webhook_body( $job_id );
		$status = fn (): int => $this->send( 'POST', '/webhook', $body, $this->sign_with( self::OLD, $body ) )->get_status();

		$this->fix( array( Secrets::WEBHOOK_SECRET => self::NEW ) );
		self::assertSame( 401, $status() );
		$this->fix( array( Secrets::WEBHOOK_SECRET => self::OLD . ' whsec_short' ) );
		self::assertSame( 503, $status() );
	}

	public function test_a_long_answer_is_read_from_the_daemon(): void {
		$job_id = $this->asked_job();
		$text   = str_repeat( 'It presses the paper. ', 15000 );
		$this->daemon->set_job( $job_id, array( 'result' => array( 'text' => $text, 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );

		$response = $this->deliver( $job_id, array( 'result' => null, 'result_ref' => array( 'bytes' => strlen( $text ) ) ) );

		self::assertSame( array( 'applied' => true ), $response->get_data() );
		self::assertSame( trim( $text ), trim( (string) $this->job( $job_id )->answer?->text ) );
		self::assertCount( 4, $this->daemon->requests( FakeDaemon::ANSWER ) );
	}

	public function test_a_long_answer_waits_for_a_daemon_that_is_away(): void {
		$job_id    = $this->asked_job();
		$reference = array( 'result' => null, 'result_ref' => array( 'bytes' => 300000 ) );
		$this->daemon->refuse( FakeDaemon::ANSWER, 'store_unavailable' );

		$away = $this->deliver( $job_id, $reference );
		$this->daemon->refuse( FakeDaemon::ANSWER, 'job_not_found' );
		$gone = $this->deliver( $job_id, $reference );

		self::assertSame( array( 503, 'queued' ), array( $away->get_status(), $this->job( $job_id )->status->value ) );
		self::assertArrayHasKey( 'Retry-After', $away->get_headers() );
		self::assertSame( 400, $gone->get_status() );
	}

	public function test_each_event_of_a_batch_has_its_own_effect_and_answer(): void {
		$jobs = array( $this->asked_job( 'One?' ), $this->asked_job( 'Two?' ), $this->asked_job( 'Three?' ) );
		$this->deliver( $jobs[0], array(), 'evt_1' );

		$response = $this->deliver_batch(
			array(
				$this->item( 'evt_1', $jobs[0] ),
				$this->item( 'evt_2', $jobs[1] ),
				$this->item( 'evt_3', $jobs[2], array( 'status' => 'running' ) ),
				$this->item( 'evt_4', '0193d2e0-0000-7000-8000-000000000000' ),
			)
		);

		self::assertSame( 200, $response->get_status() );
		self::assertSame(
			array(
				array( 'id' => 'evt_1', 'status' => 200, 'applied' => false ),
				array( 'id' => 'evt_2', 'status' => 200, 'applied' => true ),
				array( 'id' => 'evt_3', 'status' => 400, 'applied' => false ),
				array( 'id' => 'evt_4', 'status' => 200, 'applied' => false ),
			),
			$response->get_data()['events']
		);
		self::assertSame( 'succeeded', $this->job( $jobs[1] )->status->value );
		self::assertSame( 'queued', $this->job( $jobs[2] )->status->value );
		self::assertSame( '50', $response->get_headers()['Platen-Accepts-Batch'] );
	}

	public function test_a_batch_of_another_form_is_400(): void {
		foreach ( array( null, 'x', array( 'a' => 1 ), array( array( 'event' => array() ) ), array_fill( 0, 51, array( 'id' => 'x' ) ) ) as $events ) {
			self::assertSame( 400, $this->deliver_batch( $events )->get_status() );
		}
	}

	public function test_a_site_that_takes_no_webhooks_answers_410_to_the_daemon_only(): void {
		$job_id = $this->asked_job();
		$this->fix( array( 'PLATEN_WEBHOOKS' => 'false' ) );
		$body = $this->webhook_body( $job_id );

		self::assertSame( 410, $this->send( 'POST', '/webhook', $body, $this->sign_with( self::OLD, $body ) )->get_status() );
		self::assertSame( 401, $this->send( 'POST', '/webhook', $body, $this->sign_with( self::NEW, $body ) )->get_status() );
		self::assertSame( 'queued', $this->job( $job_id )->status->value );
	}

	public function test_results_are_fetched_page_by_page_and_acknowledged(): void {
		$this->settings( array( 'rate_limit' => 100 ) );
		$jobs    = array_map( fn ( int $number ): string => $this->asked_job( "Question {$number}?" ), range( 1, 60 ) );
		$results = array();
		foreach ( $jobs as $number => $job_id ) {
			$results[ "evt_{$number}" ] = $this->webhook_body( $job_id );
		}
		$this->daemon->set_results( $results );

		$report = $this->services()->puller->pull( 1000 );
		$again  = $this->services()->puller->pull( 1000 );

		self::assertSame( array( 60, 60, 0 ), array( $report->seen, $report->applied, $report->malformed ) );
		self::assertSame( 0, $again->seen, 'what was acknowledged does not come again' );
		self::assertSame( 'succeeded', $this->job( $jobs[59] )->status->value );
		self::assertNull( $this->job( $jobs[59] )->webhook_at );
		self::assertSame( array( 50, 50, 0, 50 ), array_column( $this->daemon->requests( FakeDaemon::RESULTS ), 'limit' ) );
	}

	public function test_what_is_pushed_and_pulled_has_one_effect(): void {
		$ended = 0;
		add_action( 'platen_job_finished', static function () use ( &$ended ): void { ++$ended; } );
		$job_id = $this->asked_job();
		$this->daemon->set_results( array( 'evt_1' => $this->webhook_body( $job_id ) ) );

		$report = $this->services()->puller->pull( 10 );
		$pushed = $this->deliver( $job_id, array(), 'evt_1' );

		self::assertSame( array( 1, 1 ), array( $report->seen, $report->applied ) );
		self::assertSame( array( 'applied' => false ), $pushed->get_data() );
		self::assertSame( 1, $ended );
	}

	public function test_a_page_whose_effect_was_not_written_comes_again(): void {
		$job_id = $this->asked_job();
		$this->daemon->set_results( array( 'evt_1' => $this->webhook_body( $job_id ) ) );
		$messages = $this->services()->schema->messages();
		$crash    = static fn ( string $query ): string => str_contains( $query, $messages ) ? 'SELECT broken FROM nowhere' : $query;
		add_filter( 'query', $crash );
		try {
			$this->services()->puller->pull( 10 );
			self::fail( 'the pull went through' );
		} catch ( \Platen\WordPress\Database\StorageFailed ) {
			remove_filter( 'query', $crash );
		}

		$report = $this->services()->puller->pull( 10 );

		self::assertSame( 1, $report->applied );
		self::assertSame( 'succeeded', $this->job( $job_id )->status->value );
	}

	public function test_a_result_that_cannot_be_read_holds_no_other_up(): void {
		$job_id = $this->asked_job();
		$this->daemon->set_results( array( 'evt_1' => '{"type":"job.succeeded"}', 'evt_2' => $this->webhook_body( $job_id ) ) );

		$report = $this->services()->puller->pull( 10 );

		self::assertSame( array( 2, 1, 1 ), array( $report->seen, $report->applied, $report->malformed ) );
	}

	public function test_cron_fetches_and_bears_a_daemon_that_is_away(): void {
		$job_id = $this->asked_job();
		$this->daemon->set_results( array( 'evt_1' => $this->webhook_body( $job_id ) ) );
		$run = function (): void {
			$services = $this->services();
			( new Upkeep( $services->outbox, $services->puller, $services->reconciler, $services->webhook_events ) )->run();
		};

		$run();
		$this->daemon->stop();
		$run();

		self::assertSame( 'succeeded', $this->job( $job_id )->status->value );
		$this->expectException( DaemonAway::class );
		$this->services()->puller->pull( 10 );
	}

	/** @return array<string, array{array<string, mixed>, array<string, string>, string, string}> */
	public static function reports(): array {
		$gone = array( 'status' => 'gone', 'since' => '2026-11-20T15:00:00.000000Z', 'waiting' => 3 );

		return array(
			'they arrive'            => array( array(), array(), 'good', 'as soon as' ),
			'they fail'              => array( array( 'waiting' => 7, 'last_error' => 'the site answered 401' ), array(), 'recommended', 'the site answered 401' ),
			'many wait'              => array( array( 'waiting' => 100 ), array(), 'recommended', '100 wait' ),
			'the site answered 410'  => array( $gone, array(), 'recommended', 'platend site webhooks ID on' ),
			'the site wants none'    => array( $gone, array( 'PLATEN_WEBHOOKS' => '0' ), 'good', '2026-11-20 15:00:00 UTC' ),
		);
	}

	/** @dataProvider reports */
	public function test_site_health_tells_how_webhooks_stand( array $report, array $constants, string $status, string $words ): void {
		$this->daemon->set_webhooks( $report );
		$health = new WebhooksHealth( $this->services()->daemon, new Constants( $constants ) );

		$result = $health->test_webhooks();

		self::assertSame( array( 'platen_webhooks', $status ), array( $result['test'], $result['status'] ) );
		self::assertStringContainsString( $words, html_entity_decode( $result['description'] ) );
	}

	/** @param array<string, string> $constants What wp-config.php holds besides the site's own. */
	private function fix( array $constants ): void {
		$this->constants = new Constants(
			$constants + array(
				'PLATEN_SITE_ID'        => PLATEN_SITE_ID,
				Secrets::SITE_SECRET    => PLATEN_SITE_SECRET,
				Secrets::WEBHOOK_SECRET => self::OLD,
			)
		);
	}

	/** @return array<string, string> */
	private function sign_with( string $secret, string $body ): array {
		$now = $this->clock->now()->getTimestamp();

		return array(
			'webhook-id'        => 'evt_1',
			'webhook-timestamp' => (string) $now,
			'webhook-signature' => \Platen\webhook_sign( 'evt_1', $now, $body, SigningKey::fromString( $secret ) ),
		);
	}

	/** @return array<string, mixed> */
	private function item( string $id, string $job_id, array $data = array() ): array {
		return array( 'id' => $id, 'event' => json_decode( $this->webhook_body( $job_id, $data ), true ) );
	}

	private function deliver_batch( mixed $events ): \WP_REST_Response {
		$body = (string) wp_json_encode( array( 'type' => 'batch', 'timestamp' => '2026-11-20T16:00:02.000000Z', 'data' => array( 'events' => $events ) ) );

		return $this->send( 'POST', '/webhook', $body, $this->sign( $body, 'bat_1' ) );
	}
}
