<?php
/**
 * The form of every setting.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * States type, range and default of every setting once, for the option, the form and REST alike.
 *
 * @since 0.1.0
 */
final class Schema {

	/**
	 * Gives the JSON schema of each setting, by name.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function properties(): array {
		return array(
			'socket'               => array(
				'type'      => 'string',
				'default'   => '',
				// An absolute path that fits `sockaddr_un` (108 bytes with its end), or empty for the default.
				'pattern'   => '^(?:/[^\s\x00]{1,106})?$',
				'maxLength' => 107,
			),
			'site_id'              => array(
				'type'      => 'string',
				'default'   => '',
				'pattern'   => '^(?:[a-z0-9][a-z0-9._-]{0,63})?$',
				'maxLength' => 64,
			),
			'model'                => array(
				'type'      => 'string',
				'default'   => 'default',
				'pattern'   => '^[^\s\x00-\x1f]{1,191}$',
				'maxLength' => 191,
			),
			'system_prompt'        => array(
				'type'      => 'string',
				'default'   => '',
				'maxLength' => 8000,
			),
			'max_output_tokens'    => self::whole_number( 1024, 1, 200000 ),
			'context_tokens'       => self::whole_number( 8192, 256, 2000000 ),
			'rate_limit'           => self::whole_number( 30, 1, 100000 ),
			'rate_window_s'        => self::whole_number( 300, 1, 86400 ),
			'deadline_ms'          => self::whole_number( 50, 5, 5000 ),
			'anonymous'            => array(
				'type'    => 'boolean',
				'default' => false,
			),
			'anonymous_rate_limit' => self::whole_number( 10, 1, 100000 ),
			'remove_data'          => array(
				'type'    => 'boolean',
				'default' => false,
			),
			'stream_base'          => array(
				'type'      => 'string',
				'default'   => '/platen',
				'pattern'   => '^(?:/[A-Za-z0-9._-]+)+$',
				'maxLength' => 191,
			),
		);
	}

	/**
	 * Gives the schema of the whole option.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, mixed>
	 */
	public static function option(): array {
		return array(
			'type'                 => 'object',
			'properties'           => self::properties(),
			'additionalProperties' => false,
		);
	}

	/**
	 * Gives the default of each setting, by name.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, mixed>
	 */
	public static function defaults(): array {
		return array_map( static fn ( array $property ): mixed => $property['default'], self::properties() );
	}

	/**
	 * Tells whether a value has the form of a setting.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name  The setting.
	 * @param mixed  $value The value.
	 */
	public static function is_valid( string $name, mixed $value ): bool {
		$property = self::properties()[ $name ] ?? null;
		if ( null === $property ) {
			return false;
		}

		return match ( $property['type'] ) {
			'boolean' => is_bool( $value ),
			'integer' => is_int( $value ) && $value >= $property['minimum'] && $value <= $property['maximum'],
			default   => is_string( $value )
				&& mb_strlen( $value ) <= $property['maxLength']
				&& ( ! isset( $property['pattern'] ) || 1 === preg_match( '#' . $property['pattern'] . '#Du', $value ) ),
		};
	}

	/**
	 * Keeps the values that have the form of their setting.
	 *
	 * @since 0.1.0
	 *
	 * @param array<mixed> $values Values by name.
	 * @return array<string, mixed>
	 */
	public static function valid( array $values ): array {
		return array_filter(
			$values,
			static fn ( mixed $value, int|string $name ): bool => self::is_valid( (string) $name, $value ),
			ARRAY_FILTER_USE_BOTH
		);
	}

	/**
	 * Describes a whole number within bounds.
	 *
	 * @param int $default The default.
	 * @param int $minimum The smallest allowed.
	 * @param int $maximum The largest allowed.
	 * @return array<string, mixed>
	 */
	private static function whole_number( int $default, int $minimum, int $maximum ): array {
		return array(
			'type'    => 'integer',
			'default' => $default,
			'minimum' => $minimum,
			'maximum' => $maximum,
		);
	}
}
