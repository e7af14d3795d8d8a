<?php
/**
 * Options of commands.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use WP_CLI;

/**
 * Reads options and ends with a clear error when one makes no sense.
 *
 * @since 0.1.0
 */
final class Input {

	/**
	 * Reads a whole number from 1.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, string|bool> $assoc_args The options.
	 * @param string                     $name       The option.
	 * @param int                        $otherwise  What holds without it.
	 */
	public static function positive( array $assoc_args, string $name, int $otherwise ): int {
		$value  = $assoc_args[ $name ] ?? $otherwise;
		$number = filter_var( $value, FILTER_VALIDATE_INT, array( 'options' => array( 'min_range' => 1 ) ) );
		if ( false === $number ) {
			/* translators: %s: The name of an option. */
			WP_CLI::error( sprintf( __( '--%s must be a whole number from 1.', 'platen' ), $name ) );
		}

		return (int) $number;
	}

	/**
	 * Reads a moment such as `2026-11-01`, `-7 days` or `yesterday`, in the site's time zone.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, string|bool> $assoc_args The options.
	 * @param string                     $name       The option.
	 * @param \DateTimeImmutable         $now        The present.
	 */
	public static function moment( array $assoc_args, string $name, \DateTimeImmutable $now ): ?\DateTimeImmutable {
		if ( ! isset( $assoc_args[ $name ] ) ) {
			return null;
		}

		$text   = is_string( $assoc_args[ $name ] ) ? trim( $assoc_args[ $name ] ) : '';
		$moment = '' === $text ? false : @$now->setTimezone( wp_timezone() )->modify( $text ); // phpcs:ignore WordPress.PHP.NoSilencedErrors.Discouraged -- The warning repeats the result.
		if ( false === $moment ) {
			/* translators: %s: The name of an option. */
			WP_CLI::error( sprintf( __( '--%s must be a date or a span such as 2026-11-01, “-7 days” or yesterday.', 'platen' ), $name ) );
		}

		return $moment;
	}
}
