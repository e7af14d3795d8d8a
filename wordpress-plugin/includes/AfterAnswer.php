<?php
/**
 * Work that nobody waits for.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Database\StorageFailed;

/**
 * Does work after the answer of a REST request has left, where PHP can do that (PHP-FPM), and else at once.
 *
 * Only for notes whose loss is harmless: the request may die in between.
 *
 * @since 0.1.0
 */
final class AfterAnswer {

	/** After WordPress has flushed its output, which it does at 1. */
	private const PRIORITY = 1000;

	/**
	 * Does a piece of work, now or soon.
	 *
	 * @param callable(): mixed $work The work.
	 * @throws StorageFailed If it is done at once and the database refuses.
	 */
	public function run( callable $work ): void {
		if ( ! self::can_answer_first() ) {
			$work();

			return;
		}
		add_action(
			'shutdown',
			static function () use ( $work ): void {
				fastcgi_finish_request();
				try {
					$work();
				} catch ( StorageFailed ) {
					return;
				}
			},
			self::PRIORITY
		);
	}

	/**
	 * Whether this request's answer can be sent before its work ends.
	 */
	private static function can_answer_first(): bool {
		return defined( 'REST_REQUEST' ) && REST_REQUEST && function_exists( 'fastcgi_finish_request' );
	}
}
