<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Cli;

use Platen\WordPress\Tests\TestCase;

/**
 * Runs commands with the real WP-CLI, in a process of its own.
 */
abstract class CliTestCase extends TestCase {

	protected function setUp(): void {
		parent::setUp();
		if ( ! is_executable( self::wp() ) ) {
			self::fail( 'There is no bin/wp beside the WordPress of PLATEN_WP_PATH; deploy/stack/stack makes one.' );
		}
	}

	/**
	 * Runs a command.
	 *
	 * @param string ...$arguments What stands after `wp`.
	 * @return array{int, string, string} Exit code, output and errors.
	 */
	protected function wp_cli( string ...$arguments ): array {
		$environment = array( 'PLATEN_SITE_ID' => PLATEN_SITE_ID ) + getenv();
		$process     = proc_open( array( self::wp(), ...$arguments ), array( 1 => array( 'pipe', 'w' ), 2 => array( 'pipe', 'w' ) ), $pipes, null, $environment );
		self::assertIsResource( $process );
		$output = stream_get_contents( $pipes[1] );
		$errors = stream_get_contents( $pipes[2] );

		return array( proc_close( $process ), trim( (string) $output ), trim( (string) $errors ) );
	}

	/**
	 * Runs a command that must succeed, and reads its JSON.
	 *
	 * @param string ...$arguments What stands after `wp`.
	 * @return array<mixed>
	 */
	protected function wp_json( string ...$arguments ): array {
		list( $code, $output, $errors ) = $this->wp_cli( ...$arguments );
		self::assertSame( 0, $code, $errors );

		return json_decode( $output, true, 512, JSON_THROW_ON_ERROR );
	}

	private static function wp(): string {
		return dirname( (string) getenv( 'PLATEN_WP_PATH' ) ) . '/bin/wp';
	}
}
