<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Jobs;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Tests\TestCase;

final class JobRepositoryTest extends TestCase {

	public function test_a_page_has_the_newest_first_and_the_total_of_its_status(): void {
		$this->log_in();
		$ids = array();
		foreach ( array( 'one', 'two', 'three' ) as $message ) {
			$ids[] = $this->asked_job( $message );
			$this->clock->advance( 1 );
		}
		$this->deliver( $ids[0] );
		$jobs = $this->services()->jobs;

		$queued = $jobs->page( JobStatus::Queued, 1, 1 );
		$second = $jobs->page( null, 2, 2 );

		self::assertSame( array( $ids[2] ), self::ids( $queued->jobs ) );
		self::assertSame( 2, $queued->total );
		self::assertSame( array( $ids[0] ), self::ids( $second->jobs ) );
		self::assertSame( 3, $second->total );
	}

	public function test_every_status_is_counted(): void {
		$this->log_in();
		$this->deliver( $this->asked_job( 'one' ) );
		$this->asked_job( 'two' );

		self::assertSame(
			array( 'queued' => 1, 'running' => 0, 'succeeded' => 1, 'dead' => 0, 'cancelled' => 0 ),
			$this->services()->jobs->counts()
		);
	}

	public function test_what_each_user_used_is_summed_up(): void {
		$user = $this->log_in();
		$this->deliver( $this->asked_job( 'one' ), array(), 'evt_1' );
		$this->deliver( $this->asked_job( 'two' ), array(), 'evt_2' );
		$this->asked_job( 'three' );
		$this->settings( array( 'anonymous' => true ) );
		wp_set_current_user( 0 );
		$this->clock->advance( 60 );
		$this->ask( array( 'conversation_id' => '99999999-2222-4333-8444-555555555555' ), $this->begin_session() );

		$all   = $this->services()->statistics->usage_by_user();
		$since = $this->services()->statistics->usage_by_user( $this->clock->now() );

		self::assertSame( array( $user, 3, 24, 68, 246 ), array( $all[0]->user_id, $all[0]->requests, $all[0]->input_tokens, $all[0]->output_tokens, $all[0]->cost_microusd ) );
		self::assertSame( array( 0, 1, 0 ), array( $all[1]->user_id, $all[1]->requests, $all[1]->cost_microusd ) );
		self::assertCount( 1, $since );
	}

	public function test_a_job_reads_back_as_it_was_written(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$job = $this->job( $job_id );

		self::assertEquals( $this->clock->now(), $job->created_at );
		self::assertSame( $job_id, $job->spec()['id'] );
		self::assertSame( $job->idempotency_key, $job->spec()['idempotency_key'] );
		self::assertFalse( $this->services()->jobs->add( $job ), 'The same job is not added twice.' );
		self::assertNull( $this->services()->jobs->find( JobId::generate() ) );
	}

	/**
	 * @param list<Job> $jobs Jobs.
	 * @return list<string>
	 */
	private static function ids( array $jobs ): array {
		return array_map( static fn ( Job $job ): string => $job->id->value, $jobs );
	}
}
