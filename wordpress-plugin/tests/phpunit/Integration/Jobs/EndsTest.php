<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Jobs;

use Platen\Job\JobStatus;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class EndsTest extends TestCase {

	private string $job_id = '';

	protected function setUp(): void {
		parent::setUp();
		$this->daemon->start();
		$this->log_in();
		$this->job_id = $this->asked_job();
	}

	public function test_a_dead_job_succeeds_after_a_retry(): void {
		$this->die_and_retry();

		$this->deliver( $this->job_id, array( 'attempt' => 4 ), 'evt_success' );

		$job = $this->job( $this->job_id );
		self::assertSame( JobStatus::Succeeded, $job->status );
		self::assertNull( $job->fault );
		self::assertSame( 'It presses the paper.', $job->answer?->text );
	}

	public function test_a_late_word_about_the_first_death_does_not_undo_the_retry(): void {
		$this->die_and_retry();

		$this->deliver( $this->job_id, self::death( 3 ), 'evt_late' );

		self::assertSame( JobStatus::Queued, $this->job( $this->job_id )->status );
	}

	public function test_a_retried_job_may_die_again_and_tells_so(): void {
		$ended = 0;
		add_action( 'platen_job_finished', static function () use ( &$ended ): void { ++$ended; } );
		$this->die_and_retry();

		$this->deliver( $this->job_id, self::death( 6 ), 'evt_second' );

		self::assertSame( JobStatus::Dead, $this->job( $this->job_id )->status );
		self::assertSame( 2, $ended );
	}

	public function test_a_retried_job_may_be_cancelled_before_it_runs(): void {
		$this->die_and_retry();
		$this->daemon->set_job( $this->job_id, array( 'attempt' => 3, 'result' => null, 'usage' => null, 'error' => null ) );

		self::assertSame( 'cancelled', $this->rest( 'POST', "/jobs/{$this->job_id}/cancel" )->get_data()['status'] );
	}

	public function test_a_job_retried_on_the_daemons_own_command_line_is_believed(): void {
		$this->deliver( $this->job_id, self::death( 3 ), 'evt_death' );

		$this->deliver( $this->job_id, array( 'attempt' => 4 ), 'evt_success' );

		self::assertSame( JobStatus::Succeeded, $this->job( $this->job_id )->status );
	}

	public function test_a_retry_without_the_daemon_is_done_when_it_is_back(): void {
		$this->daemon->set_job( $this->job_id, self::death() );
		$this->deliver( $this->job_id, self::death(), 'evt_death' );
		$snapshot = array( 'id' => $this->job_id, 'kind' => 'chat', 'request_id' => 'r', 'created_at' => '2026-11-20T16:00:00Z', 'updated_at' => '2026-11-20T16:00:00Z' );
		$this->daemon->stop();

		$retried = $this->rest( 'POST', "/jobs/{$this->job_id}/retry" );
		$this->daemon->set_job( $this->job_id, $snapshot + self::death() );
		$this->daemon->start();
		$this->services()->outbox->flush_all( 10 );

		self::assertSame( array( 202, 'queued', null ), array( $retried->get_status(), $retried->get_data()['status'], $retried->get_data()['stream'] ) );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::RETRY ) );
		self::assertTrue( $this->job( $this->job_id )->is_handed_off() );
	}

	public function test_an_older_status_does_not_turn_the_job_back(): void {
		$this->daemon->set_job( $this->job_id, array( 'status' => 'running', 'attempt' => 2 ) );
		$this->rest( 'GET', "/jobs/{$this->job_id}" );
		$this->daemon->set_job( $this->job_id, array( 'status' => 'queued', 'attempt' => 1 ) );

		self::assertSame( 'running', $this->rest( 'GET', "/jobs/{$this->job_id}" )->get_data()['status'] );
	}

	private function die_and_retry(): void {
		$this->daemon->set_job( $this->job_id, self::death( 3 ) );
		$this->deliver( $this->job_id, self::death( 3 ), 'evt_death' );
		self::assertSame( 202, $this->rest( 'POST', "/jobs/{$this->job_id}/retry" )->get_status() );
		self::assertSame( JobStatus::Queued, $this->job( $this->job_id )->status );
	}
}
