<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Jobs;

use Platen\Job\Hop;
use Platen\Job\JobId;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Tests\TestCase;

final class TraceTest extends TestCase {

	public function test_the_hops_of_both_sides_are_in_order(): void {
		$this->daemon->start();
		$this->log_in();
		$job_id = $this->ask( array(), array( 'X-Request-Id' => 'r1' ) )->get_data()['job_id'];
		$this->clock->advance( 3 );
		$this->deliver( $job_id );

		$trace = $this->services()->trace->for_job( JobId::fromString( $job_id ) );

		self::assertSame( 'r1', $trace->request_id );
		self::assertNull( $trace->gap );
		self::assertEqualsCanonicalizing(
			array( 'rest.accepted', 'handoff.sent', 'job.accepted', 'webhook.received', 'result.stored' ),
			array_map( static fn ( Hop $hop ): string => $hop->name, $trace->hops )
		);
		$times = array_map( static fn ( Hop $hop ): string => $hop->at->format( 'U.u' ), $trace->hops );
		$sorted = $times;
		sort( $sorted );
		self::assertSame( $sorted, $times );
	}

	public function test_without_the_daemon_the_gap_is_named(): void {
		$this->log_in();
		$job_id = $this->asked_job();

		$trace = $this->services()->trace->for_job( JobId::fromString( $job_id ) );

		self::assertSame( 'daemon_unavailable', $trace->gap );
		self::assertSame( array( 'rest.accepted', 'handoff.waiting' ), array_map( static fn ( Hop $hop ): string => $hop->name, $trace->hops ) );
	}

	public function test_a_job_that_is_not_there_has_no_trace(): void {
		$this->expectException( Failure::class );

		$this->services()->trace->for_job( JobId::generate() );
	}
}
