<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Database;

use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Tests\TestCase;

final class ConnectionTest extends TestCase {

	private Connection $db;
	private string $table;

	protected function setUp(): void {
		parent::setUp();
		$this->db    = new Connection( $GLOBALS['wpdb'] );
		$this->table = $this->services()->schema->webhook_events();
	}

	public function test_a_taken_key_is_told_and_not_an_error(): void {
		self::assertTrue( $this->insert( 'a' ) );
		self::assertFalse( $this->insert( 'a' ) );
	}

	public function test_an_exception_rolls_everything_back_also_from_within(): void {
		try {
			$this->db->transaction(
				function (): void {
					$this->insert( 'a' );
					$this->db->transaction( fn (): bool => $this->insert( 'b' ) );
					throw new \LogicException( 'stop' );
				}
			);
			self::fail( 'The exception did not come through.' );
		} catch ( \LogicException ) {
			self::assertSame( '0', $this->db->row( 'SELECT COUNT(*) AS n FROM %i', array( $this->table ) )['n'] );
		}
	}

	public function test_null_is_null(): void {
		$row = $this->db->row( 'SELECT COALESCE(%s, %d, %s) AS picked', array( null, null, 'x' ) );

		self::assertSame( 'x', $row['picked'] );
	}

	public function test_a_failed_query_tells_neither_its_text_nor_the_databases(): void {
		$GLOBALS['wpdb']->show_errors( true );
		try {
			$this->db->execute( 'UPDATE %i SET nothing = %s', array( $this->table, 'a secret question' ) );
			self::fail( 'The query did not fail.' );
		} catch ( StorageFailed $failure ) {
			self::assertSame( 'the database refused a statement of the kind UPDATE', $failure->getMessage() );
		} finally {
			$GLOBALS['wpdb']->show_errors( false );
		}
	}

	private function insert( string $id_hash ): bool {
		return $this->db->insert_new( $this->table, array( 'id_hash' => $id_hash, 'job_id' => 'j', 'received_at' => 1 ) );
	}
}
