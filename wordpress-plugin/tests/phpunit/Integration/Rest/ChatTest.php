<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\Job\JobStatus;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

use function Platen\jwt_decode;

final class ChatTest extends TestCase {

	public function test_a_question_is_written_handed_over_and_answered_202(): void {
		$this->daemon->start();
		$user = $this->log_in();

		$response = $this->ask();

		self::assertSame( 202, $response->get_status() );
		$data = $response->get_data();
		self::assertSame( array( 'job_id', 'status', 'stream' ), array_keys( $data ) );
		self::assertSame( 'queued', $data['status'] );
		self::assertStringEndsWith( '/ai/v1/jobs/' . $data['job_id'], $response->get_headers()['Location'] );
		$job = $this->job( $data['job_id'] );
		self::assertTrue( $job->is_handed_off() );
		self::assertSame( $user, $job->owner->user_id );
		self::assertMatchesRegularExpression( '/\A[0-9a-f]{64}\z/', $job->prompt_hash );
		$submitted = $this->daemon->requests( FakeDaemon::SUBMIT );
		self::assertCount( 1, $submitted );
		self::assertSame( PLATEN_SITE_ID, $submitted[0]['site'] );
		self::assertSame( $data['job_id'], $submitted[0]['job']['id'] );
		self::assertSame( "user:{$user}", $submitted[0]['job']['subject'] );
		self::assertSame( $job->conversation_id, $submitted[0]['job']['conversation'] );
		self::assertSame( $job->prompt_hash, $submitted[0]['job']['prompt_hash'] );
		self::assertSame( '2026-11-20T16:00:00.123456Z', $submitted[0]['job']['created_at'] );
		self::assertEquals( array( array( 'role' => 'user', 'content' => 'What is a platen?' ) ), $submitted[0]['job']['payload']['messages'] );
	}

	public function test_the_stream_token_is_for_this_job_and_two_minutes(): void {
		$this->daemon->start();
		$this->log_in();

		$data = $this->ask()->get_data();

		self::assertStringStartsWith( "/platen/v1/jobs/{$data['job_id']}/stream?token=", $data['stream'] );
		$now    = $this->clock->now()->getTimestamp();
		$claims = jwt_decode(
			substr( $data['stream'], strpos( $data['stream'], '=' ) + 1 ),
			\Platen\SigningKey::fromString( PLATEN_SITE_SECRET ),
			array( 'iss' => PLATEN_SITE_ID, 'aud' => 'platen:stream', 'sub' => $data['job_id'], 'now' => $now )
		);
		self::assertSame( $now + 120, $claims['exp'] );
		self::assertMatchesRegularExpression( '/\A[0-9a-f]{32}\z/', $claims['jti'] );
	}

	public function test_without_the_daemon_the_question_waits_and_is_not_an_error(): void {
		$this->log_in();

		$response = $this->ask();

		self::assertSame( 202, $response->get_status() );
		self::assertSame( 'queued', $response->get_data()['status'] );
		self::assertNull( $response->get_data()['stream'] );
		$job = $this->job( $response->get_data()['job_id'] );
		self::assertFalse( $job->is_handed_off() );
		self::assertEquals( $this->clock->now()->modify( '+1 second' ), $job->next_handoff_at );
	}

	public function test_a_hanging_daemon_costs_one_deadline_only(): void {
		$server = stream_socket_server( 'unix://' . $this->daemon->socket() );
		self::assertIsResource( $server );
		$this->log_in();
		$this->settings( array( 'socket' => $this->daemon->socket() . '.none' ) );
		$this->ask( array( 'message' => 'All code is loaded now.' ) );
		$this->settings( array( 'deadline_ms' => 1000 ) );

		$begun_ns = hrtime( true );
		$response = $this->ask();
		$spent_ms = ( hrtime( true ) - $begun_ns ) / 1e6;

		fclose( $server );
		self::assertSame( 202, $response->get_status() );
		self::assertNull( $response->get_data()['stream'] );
		self::assertGreaterThan( 990.0, $spent_ms );
		self::assertLessThan( 1980.0, $spent_ms, 'Two calls, the limit and the hand-off, wait for one deadline together.' );
	}

	public function test_a_job_the_daemon_will_never_take_is_dead_with_its_code(): void {
		$this->daemon->start();
		$this->daemon->refuse( FakeDaemon::SUBMIT, 'unknown_site' );
		$this->log_in();

		$response = $this->ask();

		self::assertSame( 202, $response->get_status() );
		self::assertSame( 'dead', $response->get_data()['status'] );
		self::assertSame( 'unknown_site', $this->job( $response->get_data()['job_id'] )->fault?->code );
	}

	public function test_a_draining_daemon_is_asked_again_later(): void {
		$this->daemon->start();
		$this->daemon->refuse( FakeDaemon::SUBMIT, 'draining' );
		$this->log_in();

		self::assertSame( 'queued', $this->ask()->get_data()['status'] );
	}

	public function test_the_conversation_goes_along(): void {
		$this->daemon->start();
		$this->settings( array( 'system_prompt' => 'Be short.' ) );
		$this->log_in();
		$first = $this->asked_job( 'First?' );
		$this->deliver( $first, array( 'result' => array( 'text' => 'One.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );
		$this->clock->advance( 5 );

		$this->asked_job( 'Second?' );

		self::assertEquals(
			array(
				array( 'role' => 'system', 'content' => 'Be short.' ),
				array( 'role' => 'user', 'content' => 'First?' ),
				array( 'role' => 'assistant', 'content' => 'One.' ),
				array( 'role' => 'user', 'content' => 'Second?' ),
			),
			$this->daemon->requests( FakeDaemon::SUBMIT )[1]['job']['payload']['messages']
		);
	}

	public function test_a_conversation_over_the_budget_loses_its_oldest_turns(): void {
		$this->daemon->start();
		$this->settings( array( 'context_tokens' => 400, 'max_output_tokens' => 100 ) );
		$this->log_in();
		for ( $turn = 1; $turn <= 5; ++$turn ) {
			$this->asked_job( "Turn {$turn} " . str_repeat( 'word ', 100 ) );
			$this->clock->advance( 1 );
		}

		$messages = $this->daemon->requests( FakeDaemon::SUBMIT )[4]['job']['payload']['messages'];

		self::assertStringStartsWith( 'Turn 5', end( $messages )['content'] );
		self::assertLessThan( 5, count( $messages ) );
		self::assertStringStartsNotWith( 'Turn 1', $messages[0]['content'] );
	}

	public function test_the_same_key_is_the_same_job(): void {
		$this->daemon->start();
		$this->log_in();

		$first  = $this->ask( array( 'idempotency_key' => 'k1' ) );
		$second = $this->ask( array( 'idempotency_key' => 'k1' ) );

		self::assertSame( 202, $second->get_status() );
		self::assertSame( $first->get_data()['job_id'], $second->get_data()['job_id'] );
		self::assertNotSame( $first->get_data()['stream'], $second->get_data()['stream'] );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::SUBMIT ) );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::RATE_LIMIT ), 'A repeated question costs no token.' );
	}

	public function test_the_same_key_for_another_question_is_a_conflict(): void {
		$this->log_in();
		$this->ask( array( 'idempotency_key' => 'k1' ) );

		$response = $this->ask( array( 'idempotency_key' => 'k1', 'message' => 'Something else?' ) );

		self::assertSame( 409, $response->get_status() );
		self::assertSame( 'platen_idempotency_conflict', $response->get_data()['code'] );
	}

	public function test_keys_of_two_users_and_of_two_cases_do_not_meet(): void {
		$this->log_in();
		$first = $this->ask( array( 'idempotency_key' => 'key' ) )->get_data()['job_id'];
		$other = $this->ask( array( 'idempotency_key' => 'KEY' ) )->get_data()['job_id'];
		$this->log_in();
		$third = $this->ask( array( 'idempotency_key' => 'key', 'conversation_id' => '99999999-2222-4333-8444-555555555555' ) )->get_data()['job_id'];

		self::assertCount( 3, array_unique( array( $first, $other, $third ) ) );
	}

	/** @dataProvider bad_bodies */
	public function test_a_bad_body_is_400_and_leaves_nothing( array $body ): void {
		$this->log_in();

		$response = $this->ask( $body );

		self::assertSame( 400, $response->get_status() );
		self::assertSame( 0, $this->services()->jobs->page( null, 1, 10 )->total );
	}

	public static function bad_bodies(): array {
		return array(
			'no uuid'             => array( array( 'conversation_id' => 'x' ) ),
			'empty message'       => array( array( 'message' => '' ) ),
			'only spaces'         => array( array( 'message' => " \n\t " ) ),
			'no text'             => array( array( 'message' => array( 'a' ) ) ),
			'message too long'    => array( array( 'message' => str_repeat( 'ä', 8001 ) ) ),
			'key too long'        => array( array( 'idempotency_key' => str_repeat( 'k', 101 ) ) ),
			'empty key'           => array( array( 'idempotency_key' => '' ) ),
		);
	}

	public function test_the_longest_message_and_any_script_are_kept_as_they_are(): void {
		$this->daemon->start();
		$this->settings( array( 'context_tokens' => 100_000 ) );
		$this->log_in();
		$message = str_repeat( '字', 7998 ) . '🖨<';

		$this->asked_job( $message );

		self::assertSame( $message, $this->daemon->requests( FakeDaemon::SUBMIT )[0]['job']['payload']['messages'][0]['content'] );
		$shown = $this->rest( 'GET', '/conversations/11111111-2222-4333-8444-555555555555' )->get_data();
		self::assertSame( $message, $shown['messages'][0]['text'] );
	}

	public function test_a_question_over_the_models_budget_is_413(): void {
		$this->settings( array( 'context_tokens' => 1100 ) );
		$this->log_in();

		$response = $this->ask( array( 'message' => str_repeat( 'word ', 500 ) ) );

		self::assertSame( array( 413, 'platen_payload_too_large' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 0, $this->services()->jobs->page( null, 1, 10 )->total );
	}

	public function test_anothers_conversation_is_not_there(): void {
		$this->log_in();
		$this->asked_job();
		$this->log_in();

		$response = $this->ask();

		self::assertSame( 404, $response->get_status() );
		self::assertSame( 'platen_conversation_not_found', $response->get_data()['code'] );
		self::assertSame( 1, $this->services()->jobs->page( null, 1, 10 )->total );
	}

	public function test_a_user_without_read_may_not_ask(): void {
		$user = $this->log_in();
		( new \WP_User( $user ) )->set_role( '' );
		wp_set_current_user( 0 );
		wp_set_current_user( $user );

		$response = $this->ask();

		self::assertSame( 403, $response->get_status() );
		self::assertSame( 'platen_forbidden', $response->get_data()['code'] );
	}

	public function test_nobody_may_not_ask(): void {
		$response = $this->ask();

		self::assertSame( 401, $response->get_status() );
		self::assertSame( 'platen_session_required', $response->get_data()['code'] );
	}

	public function test_a_finished_job_of_the_same_key_is_answered_as_it_stands(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->ask( array( 'idempotency_key' => 'k1' ) )->get_data()['job_id'];
		$this->deliver( $job_id );

		self::assertSame( JobStatus::Succeeded->value, $this->ask( array( 'idempotency_key' => 'k1' ) )->get_data()['status'] );
	}
}
