<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Cli;

use Platen\Job\JobStatus;
use Platen\WordPress\Tests\Support\FixedClock;

final class JobsCommandTest extends CliTestCase {

	public function test_list_shows_jobs_newest_first_with_typed_fields(): void {
		$this->daemon->start();
		$this->log_in();
		$old = $this->asked_job( 'Old?' );
		$this->deliver( $old );
		$this->clock->advance( 1 );
		$new = $this->asked_job( 'New?' );

		$jobs = $this->wp_json( 'platen', 'jobs', 'list', '--format=json', '--fields=id,status,user,input_tokens,cost_usd,duration_ms' );

		self::assertSame( array( $new, $old ), array_column( $jobs, 'id' ) );
		self::assertSame(
			array( 'id' => $old, 'status' => 'succeeded', 'user' => wp_get_current_user()->user_login, 'input_tokens' => 12, 'cost_usd' => '0.000123', 'duration_ms' => 0 ),
			$jobs[1]
		);
	}

	public function test_list_filters_limits_and_counts(): void {
		$this->daemon->start();
		$this->log_in();
		$dead = $this->asked_job( 'One?' );
		$this->deliver( $dead, self::death() );
		$this->asked_job( 'Two?' );
		$this->asked_job( 'Three?' );

		self::assertSame( $dead, $this->wp_cli( 'platen', 'jobs', 'list', '--status=dead', '--format=ids' )[1] );
		self::assertSame( '2', $this->wp_cli( 'platen', 'jobs', 'list', '--status=queued', '--format=count', '--limit=1' )[1] );
		self::assertCount( 2, explode( ' ', $this->wp_cli( 'platen', 'jobs', 'list', '--limit=2', '--format=ids' )[1] ) );
		self::assertStringStartsWith( 'id,status,user,', $this->wp_cli( 'platen', 'jobs', 'list', '--format=csv' )[1] );
	}

	public function test_list_refuses_what_makes_no_sense(): void {
		foreach ( array( '--limit=0', '--limit=many', '--status=done', '--format=xml' ) as $option ) {
			list( $code, $output, $errors ) = $this->wp_cli( 'platen', 'jobs', 'list', $option );

			self::assertSame( 1, $code, $option );
			self::assertSame( '', $output );
			self::assertStringContainsString( 'Error', $errors );
		}
	}

	public function test_show_tells_why_a_job_is_dead_and_nothing_that_was_said(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job( 'A planted question' );
		$this->deliver( $job_id, self::death() );

		self::assertSame( array( 0, 'provider_failed', '' ), $this->wp_cli( 'platen', 'jobs', 'show', $job_id, '--field=error_code' ) );
		self::assertStringNotContainsString( 'planted', $this->wp_cli( 'platen', 'jobs', 'show', $job_id )[1] );
	}

	public function test_show_of_a_job_that_is_not_there_fails(): void {
		foreach ( array( '0193d2e0-0000-7000-8000-000000000000', 'nonsense' ) as $job_id ) {
			list( $code, , $errors ) = $this->wp_cli( 'platen', 'jobs', 'show', $job_id );

			self::assertSame( 1, $code );
			self::assertStringContainsString( "This site has no job “{$job_id}”.", $errors );
		}
	}

	public function test_flush_fails_while_the_daemon_is_away_and_hands_over_when_it_is_back(): void {
		// The command runs by the real clock: a job that waited for a day is given up.
		$this->clock = FixedClock::at_present();
		$this->log_in();
		$job_id = $this->asked_job();
		self::assertSame( 'Success: 1 job waits.', $this->wp_cli( 'platen', 'jobs', 'flush', '--dry-run' )[1] );

		list( $code, , $errors ) = $this->wp_cli( 'platen', 'jobs', 'flush' );
		self::assertSame( 1, $code );
		self::assertStringContainsString( 'The daemon is away: 1 job keeps waiting.', $errors );

		$this->daemon->start();
		self::assertSame( array( 0, 'Success: 1 job handed over.', '' ), $this->wp_cli( 'platen', 'jobs', 'flush' ) );
		self::assertTrue( $this->job( $job_id )->is_handed_off() );
		self::assertSame( array( 0, 'Success: 0 jobs handed over.', '' ), $this->wp_cli( 'platen', 'jobs', 'flush' ) );
	}

	public function test_pull_fetches_results_and_fails_while_the_daemon_is_away(): void {
		list( $code, , $errors ) = $this->wp_cli( 'platen', 'jobs', 'pull' );
		self::assertSame( 1, $code );
		self::assertStringContainsString( 'the daemon is away', $errors );

		$this->daemon->start();
		$this->log_in();
		$job_id = $this->asked_job();
		$this->daemon->set_results( array( 'evt_1' => $this->webhook_body( $job_id ) ) );
		self::assertSame( array( 0, 'Success: 1 result fetched, 1 of them new.', '' ), $this->wp_cli( 'platen', 'jobs', 'pull', '--wait=1' ) );
		self::assertSame( 'succeeded', $this->job( $job_id )->status->value );
	}

	public function test_retry_starts_dead_jobs_and_fails_for_others(): void {
		$this->daemon->start();
		$this->log_in();
		$dead = $this->asked_job( 'One?' );
		$this->deliver( $dead, self::death() );
		$open = $this->asked_job( 'Two?' );

		list( $code, , $errors ) = $this->wp_cli( 'platen', 'jobs', 'retry', $dead, $open );

		self::assertSame( 1, $code );
		self::assertStringContainsString( "Warning: {$open}: only a dead job can be retried", $errors );
		self::assertStringContainsString( '1 of 2 jobs retried.', $errors );
		self::assertSame( JobStatus::Queued, $this->job( $dead )->status );
	}
}
