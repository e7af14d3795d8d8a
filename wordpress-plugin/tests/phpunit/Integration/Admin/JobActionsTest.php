<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Admin;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Admin\JobActions;
use Platen\WordPress\Admin\JobNotice;
use Platen\WordPress\Tests\Support\FakeDaemon;
use Platen\WordPress\Tests\TestCase;

final class JobActionsTest extends TestCase {

	protected function tearDown(): void {
		$_POST    = array();
		$_REQUEST = array();
		parent::tearDown();
	}

	public function test_a_dead_job_runs_again(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();

		$notice = $this->actions()->run( JobActions::RETRY, JobId::fromString( $job_id ) );

		self::assertSame( JobNotice::Retried, $notice );
		self::assertSame( JobStatus::Queued, $this->job( $job_id )->status );
		self::assertCount( 1, $this->daemon->requests( FakeDaemon::RETRY ) );
	}

	public function test_a_dead_job_waits_while_the_daemon_is_away(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();
		$this->daemon->stop();

		self::assertSame( JobNotice::StillWaiting, $this->actions()->run( JobActions::RETRY, JobId::fromString( $job_id ) ) );
	}

	public function test_a_job_that_is_not_dead_is_left_alone(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();

		self::assertSame( JobNotice::NotDead, $this->actions()->run( JobActions::RETRY, JobId::fromString( $job_id ) ) );
	}

	public function test_waiting_jobs_are_handed_over_at_once(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		self::assertSame( JobNotice::StillWaiting, $this->actions()->run( JobActions::HAND_OVER, JobId::fromString( $job_id ) ) );

		$this->daemon->start();

		self::assertSame( JobNotice::HandedOver, $this->actions()->run( JobActions::HAND_OVER, JobId::fromString( $job_id ) ) );
		self::assertTrue( $this->job( $job_id )->is_handed_off() );
		self::assertSame( JobNotice::NotWaiting, $this->actions()->run( JobActions::HAND_OVER, JobId::fromString( $job_id ) ) );
	}

	public function test_a_job_that_is_not_there_is_told(): void {
		self::assertSame( JobNotice::Missing, $this->actions()->run( JobActions::RETRY, JobId::generate() ) );
	}

	public function test_a_request_without_a_nonce_changes_nothing(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();
		$this->log_in( 'administrator' );

		$this->expect_death( fn () => $this->post( $job_id, 'forged' ) );

		self::assertSame( JobStatus::Dead, $this->job( $job_id )->status );
	}

	public function test_a_nonce_of_another_job_changes_nothing(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();
		$this->log_in( 'administrator' );

		$this->expect_death( fn () => $this->post( $job_id, wp_create_nonce( JobActions::RETRY . '_' . JobId::generate()->value ) ) );

		self::assertSame( JobStatus::Dead, $this->job( $job_id )->status );
	}

	public function test_a_user_who_may_not_manage_changes_nothing(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();
		$this->log_in( 'editor' );

		$this->expect_death( fn () => $this->post( $job_id, wp_create_nonce( JobActions::RETRY . '_' . $job_id ) ) );

		self::assertSame( JobStatus::Dead, $this->job( $job_id )->status );
	}

	public function test_an_admin_with_the_nonce_retries_and_is_sent_back_with_the_outcome(): void {
		$this->daemon->start();
		$job_id = $this->dead_job();
		$this->log_in( 'administrator' );
		$location = '';
		add_filter(
			'wp_redirect',
			static function ( string $to ) use ( &$location ): string {
				$location = $to;
				throw new \RuntimeException( 'redirected' );
			}
		);

		$this->expect_death( fn () => $this->post( $job_id, wp_create_nonce( JobActions::RETRY . '_' . $job_id ) ) );

		self::assertStringContainsString( 'page=platen', $location );
		self::assertStringContainsString( 'platen_notice=retried', $location );
		self::assertSame( JobStatus::Queued, $this->job( $job_id )->status );
	}

	/** Asks a question that dies, and gives the job's id. */
	private function dead_job(): string {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_job( $job_id, array( 'status' => 'dead', 'attempt' => 3, 'error' => array( 'code' => 'provider_failed', 'message' => 'x' ) ) );
		$this->deliver( $job_id, self::death() );
		self::assertSame( JobStatus::Dead, $this->job( $job_id )->status );

		return $job_id;
	}

	private function actions(): JobActions {
		$services = $this->services();

		return new JobActions( $services->job_service, $services->outbox );
	}

	/** Sends the form as a browser does. */
	private function post( string $job_id, string $nonce ): void {
		$_POST    = array( 'job' => $job_id, '_wpnonce' => $nonce );
		$_REQUEST = $_POST;
		remove_all_actions( 'admin_post_' . JobActions::RETRY );
		$this->actions()->register();
		do_action( 'admin_post_' . JobActions::RETRY );
	}

	/** Runs what ends the request, without ending the test. */
	private function expect_death( callable $request ): void {
		$stop = static fn (): callable => static function (): void {
			throw new \RuntimeException( 'died' );
		};
		add_filter( 'wp_die_handler', $stop );
		try {
			$request();
		} catch ( \RuntimeException $end ) {
			self::assertContains( $end->getMessage(), array( 'died', 'redirected' ) );

			return;
		}
		self::fail( 'the request went on' );
	}
}
