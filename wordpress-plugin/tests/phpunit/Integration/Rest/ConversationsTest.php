<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Rest;

use Platen\WordPress\Tests\TestCase;

final class ConversationsTest extends TestCase {

	private const ROUTE = '/conversations/11111111-2222-4333-8444-555555555555';

	public function test_a_conversation_shows_each_question_with_its_answer_below(): void {
		$this->log_in();
		$first = $this->asked_job( 'First?' );
		$this->clock->advance( 1 );
		$second = $this->asked_job( 'Second?' );
		$this->deliver( $second, array( 'result' => array( 'text' => 'Two.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ), 'evt_2' );
		$this->deliver( $first, array( 'result' => array( 'text' => 'One.', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p' ) ), 'evt_1' );

		$response = $this->rest( 'GET', self::ROUTE );

		self::assertSame( 200, $response->get_status() );
		self::assertSame( array( 'First?', 'One.', 'Second?', 'Two.' ), array_column( $response->get_data()['messages'], 'text' ) );
		self::assertSame( array( 'user', 'assistant', 'user', 'assistant' ), array_column( $response->get_data()['messages'], 'role' ) );
		self::assertSame( array( 'id', 'role', 'text', 'job_id', 'status', 'created_at' ), array_keys( $response->get_data()['messages'][0] ) );
	}

	public function test_a_question_tells_where_its_job_stands(): void {
		$this->log_in();
		$job_id = $this->asked_job();
		$this->deliver( $job_id, self::death() );

		$messages = $this->rest( 'GET', self::ROUTE )->get_data()['messages'];

		self::assertSame( array( array( 'user', 'dead' ) ), array_map( static fn ( array $m ): array => array( $m['role'], $m['status'] ), $messages ) );
	}

	public function test_to_anybody_else_it_is_not_there(): void {
		$this->log_in();
		$this->asked_job();
		$this->log_in( 'administrator' );

		$response = $this->rest( 'GET', self::ROUTE );

		self::assertSame( array( 404, 'platen_conversation_not_found' ), array( $response->get_status(), $response->get_data()['code'] ) );
	}

	public function test_one_that_nobody_began_is_not_there_either(): void {
		$this->log_in();

		self::assertSame( 404, $this->rest( 'GET', self::ROUTE )->get_status() );
	}

	public function test_an_id_has_one_spelling(): void {
		$this->log_in();

		self::assertSame( 400, $this->ask( array( 'conversation_id' => 'ABCDEFAB-2222-4333-8444-555555555555' ) )->get_status() );
	}
}
