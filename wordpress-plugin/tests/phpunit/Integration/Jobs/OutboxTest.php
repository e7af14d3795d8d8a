<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Cron\Upkeep;
use Platen\WordPress\Jobs\HandOffOutcome;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class OutboxTest extends TestCase {

	public function test_waiting_jobs_are_handed_over_when_the_daemon_is_back(): void {
		$this->log_in();
		$waiting = array( $this->asked_job( 'one' ), $this->asked_job( 'two' ) );
		$this->daemon->start();
		$this->clock->advance( 2 );

		$report = $this->services()->outbox->flush_due( 10 );

		self::assertSame( array( 2, 0, 0 ), array( $report->sent, $report->waiting, $report->refused ) );
		foreach ( $waiting as $job_id ) {
			self::assertTrue( $this->job( $job_id )->is_handed_off() );
		}
		self::assertSame( 0, $this->services()->outbox->flush_all( 10 )->sent, 'Nothing is handed over twice.' );
	}

	public function test_waiting_jobs_go_in_one_frame(): void {
		$this->log_in();
		$waiting = array( $this->asked_job( 'one' ), $this->asked_job( 'two' ), $this->asked_job( 'three' ) );
		$this->daemon->start();

		$this->services()->outbox->flush_all( 10 );

		$frames = $this->daemon->requests( FakeDaemon::SUBMIT_MANY );
		self::assertCount( 1, $frames );
		self::assertEqualsCanonicalizing( $waiting, array_column( $frames[0]['jobs'], 'id' ) );
		self::assertSame( array(), $this->daemon->requests( FakeDaemon::SUBMIT ) );
	}

	public function test_jobs_that_do_not_fit_a_frame_go_in_several(): void {
		$this->log_in();
		foreach ( array( 'one', 'two', 'three', 'four' ) as $question ) {
			$job_id = $this->asked_job( $question );
			$spec   = $this->job( $job_id )->spec();

			$spec['payload']['messages'][0]['content'] = str_repeat( 'x', 300_000 );
			$GLOBALS['wpdb']->update( $this->services()->schema->jobs(), array( 'spec' => wp_json_encode( $spec ) ), array( 'id' => $job_id ) );
		}
		$this->daemon->start();

		$report = $this->services()->outbox->flush_all( 10 );

		self::assertSame( array( 4, 0, 0 ), array( $report->sent, $report->waiting, $report->refused ) );
		$sizes = array_map( static fn ( array $frame ): int => count( $frame['jobs'] ), $this->daemon->requests( FakeDaemon::SUBMIT_MANY ) );
		self::assertSame( array( 2, 2 ), $sizes );
	}

	public function test_a_refused_job_does_not_keep_the_others(): void {
		$this->log_in();
		[ $good, $bad, $later ] = array( $this->asked_job( 'good' ), $this->asked_job( 'bad' ), $this->asked_job( 'later' ) );
		$this->daemon->start();
		$this->daemon->refuse_job( $bad, 'unknown_model' );
		$this->daemon->refuse_job( $later, 'store_unavailable' );

		$report = $this->services()->outbox->flush_all( 10 );

		self::assertSame( array( 1, 1, 1 ), array( $report->sent, $report->waiting, $report->refused ) );
		self::assertTrue( $this->job( $good )->is_handed_off() );
		self::assertSame( array( JobStatus::Dead, 'unknown_model' ), array( $this->job( $bad )->status, $this->job( $bad )->fault?->code ) );
		self::assertSame( JobStatus::Queued, $this->job( $later )->status );
	}

	public function test_when_a_frame_is_refused_each_job_gets_its_own_answer(): void {
		$this->log_in();
		$waiting = array( $this->asked_job( 'one' ), $this->asked_job( 'two' ) );
		$this->daemon->start();
		$this->daemon->refuse( FakeDaemon::SUBMIT_MANY, 'invalid_request' );

		$report = $this->services()->outbox->flush_all( 10 );

		self::assertSame( array( 2, 0, 0 ), array( $report->sent, $report->waiting, $report->refused ) );
		self::assertCount( count( $waiting ), $this->daemon->requests( FakeDaemon::SUBMIT ) );
	}

	public function test_pauses_double_up_to_half_a_minute(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$pauses = array();
		for ( $try = 0; $try < 7; ++$try ) {
			$job      = $this->job( $job_id );
			$pauses[] = $job->next_handoff_at->getTimestamp() - $this->clock->now()->getTimestamp();
			$this->clock->advance( end( $pauses ) );
			$this->services()->outbox->flush_due( 10 );
		}

		self::assertSame( array( 1, 2, 4, 8, 16, 30, 30 ), $pauses );
	}

	public function test_a_person_need_not_wait_for_the_pause(): void {
		$this->log_in();
		$this->asked_job();
		$this->daemon->start();

		self::assertSame( 0, $this->services()->outbox->flush_due( 10 )->sent );
		self::assertSame( 1, $this->services()->outbox->flush_all( 10 )->sent );
	}

	public function test_two_flushers_do_not_take_the_same_job(): void {
		$this->log_in();
		$seen_by_both = $this->job( $this->asked_job() );
		$this->daemon->start();
		$this->clock->advance( 2 );

		$outcomes = array( $this->services()->outbox->send_if_due( $seen_by_both ), $this->services()->outbox->send_if_due( $seen_by_both ) );

		self::assertSame( array( HandOffOutcome::Sent, HandOffOutcome::Skipped ), $outcomes );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::SUBMIT ) );
	}

	public function test_the_jobs_of_an_absent_daemon_cost_one_try_per_flush(): void {
		$this->log_in();
		$this->asked_job( 'one' );
		$this->asked_job( 'two' );

		$report = $this->services()->outbox->flush_all( 10 );

		self::assertSame( array( 0, 2, 0 ), array( $report->sent, $report->waiting, $report->refused ) );
	}

	public function test_a_job_that_waited_for_a_day_is_given_up_and_can_be_retried(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->clock->advance( DAY_IN_SECONDS + 1 );

		$this->services()->outbox->flush_due( 10 );

		$job = $this->job( $job_id );
		self::assertSame( array( JobStatus::Dead, 'daemon_unavailable' ), array( $job->status, $job->fault?->code ) );
		$this->daemon->start();
		self::assertSame( 202, $this->rest( 'POST', "/jobs/{$job_id}/retry" )->get_status() );
		self::assertTrue( $this->job( $job_id )->is_handed_off() );
	}

	public function test_a_hand_off_whose_receipt_was_lost_takes_the_end_over(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->start();
		$this->daemon->set_job( $job_id, array( 'id' => $job_id, 'kind' => 'chat', 'request_id' => 'r', 'created_at' => '2026-11-20T16:00:00Z', 'updated_at' => '2026-11-20T16:00:00Z' ) + self::death() );

		$this->services()->outbox->flush_all( 10 );

		self::assertSame( 'dead', $this->job( $job_id )->status->value );
		self::assertSame( array(), $this->daemon->requests( FakeDaemon::RETRY ), 'Nobody asked for a retry.' );
	}

	public function test_the_sweep_asks_about_jobs_that_take_long_and_leaves_the_others(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, array( 'status' => 'succeeded', 'attempt' => 1, 'result' => array( 'text' => 'Found.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ) );

		$this->services()->reconciler->sweep( 10 );
		self::assertSame( 'queued', $this->job( $job_id )->status->value );

		$this->clock->advance( 61 );
		$this->services()->reconciler->sweep( 10 );
		self::assertSame( 'succeeded', $this->job( $job_id )->status->value );
	}

	public function test_an_end_that_makes_no_sense_is_left_for_later(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, array( 'status' => 'succeeded', 'attempt' => 1, 'result' => null ) );

		$response = $this->rest( 'GET', "/jobs/{$job_id}" );

		self::assertSame( array( 200, 'queued' ), array( $response->get_status(), $response->get_data()['status'] ) );
	}

	public function test_a_database_that_refuses_does_not_stop_other_events(): void {
		$services = $this->services();
		$log      = (string) ini_set( 'error_log', $this->daemon->socket() . '.log' );
		add_filter( 'query', static fn ( string $query ): string => str_contains( $query, 'ai_jobs' ) ? 'SELECT broken FROM nowhere' : $query );

		( new Upkeep( $services->outbox, $services->puller, $services->reconciler, $services->webhook_events ) )->run();

		ini_set( 'error_log', $log );
		self::assertStringContainsString( 'upkeep stopped', (string) file_get_contents( $this->daemon->socket() . '.log' ) );
	}

	public function test_wp_cron_runs_the_upkeep_every_minute(): void {
		self::assertNotFalse( wp_next_scheduled( Upkeep::HOOK ) );
		self::assertSame( Upkeep::SCHEDULE, wp_get_schedule( Upkeep::HOOK ) );
		self::assertSame( 60, wp_get_schedules()[ Upkeep::SCHEDULE ]['interval'] );
		self::assertNotFalse( has_action( Upkeep::HOOK ) );
	}

	public function test_the_upkeep_empties_the_outbox(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->start();
		$this->clock->advance( 2 );
		$services = $this->services();

		( new Upkeep( $services->outbox, $services->puller, $services->reconciler, $services->webhook_events ) )->run();

		self::assertTrue( $services->jobs->find( JobId::fromString( $job_id ) )?->is_handed_off() );
	}
}
