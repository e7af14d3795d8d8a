<?php
/**
 * What becomes of the values a form or a REST call sends.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * Turns sent values into values of the schema, keeps the present value where that cannot be done, and says so.
 *
 * @since 0.1.0
 */
final class Sanitizer {

	/**
	 * Takes the values that stand now.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, mixed> $present Stored values by name; a missing one has its default.
	 */
	public function __construct( private readonly array $present ) {
	}

	/**
	 * Checks sent values.
	 *
	 * @since 0.1.0
	 *
	 * @param array<mixed> $sent Values by name; names the schema does not have are dropped, missing ones stay.
	 */
	public function sanitize( array $sent ): SanitizedSettings {
		$values  = $this->present;
		$refused = array();

		foreach ( array_keys( Schema::properties() ) as $name ) {
			if ( ! array_key_exists( $name, $sent ) ) {
				continue;
			}
			$value = self::clean( $name, $sent[ $name ] );
			if ( Schema::is_valid( $name, $value ) ) {
				$values[ $name ] = $value;
			} else {
				$refused[] = $name;
			}
		}

		return $this->leave_room_for_the_prompt( $values, $refused );
	}

	/**
	 * Refuses an answer that would fill the whole budget: no prompt would fit beside it.
	 *
	 * @param array<string, mixed> $values  Values of the schema, by name.
	 * @param list<string>         $refused Names refused so far.
	 */
	private function leave_room_for_the_prompt( array $values, array $refused ): SanitizedSettings {
		$effective = array_merge( Schema::defaults(), $values );
		if ( $effective['max_output_tokens'] >= $effective['context_tokens'] ) {
			foreach ( array( 'max_output_tokens', 'context_tokens' ) as $name ) {
				$values[ $name ] = $this->present[ $name ] ?? Schema::defaults()[ $name ];
			}
			$refused[] = 'max_output_tokens';
		}

		return new SanitizedSettings( $values, array_values( array_unique( $refused ) ) );
	}

	/**
	 * Brings a form's text into the setting's type.
	 *
	 * @param string $name  The setting.
	 * @param mixed  $value What was sent.
	 */
	private static function clean( string $name, mixed $value ): mixed {
		if ( ! is_scalar( $value ) ) {
			return null;
		}

		return match ( Schema::properties()[ $name ]['type'] ) {
			'boolean' => rest_sanitize_boolean( $value ),
			'integer' => is_numeric( $value ) && (float) (int) $value === (float) $value ? (int) $value : null,
			default   => 'system_prompt' === $name
				? sanitize_textarea_field( (string) $value )
				: sanitize_text_field( (string) $value ),
		};
	}
}
