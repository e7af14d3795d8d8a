<?php
/**
 * The fields of the settings form.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\Transport\Socket;

/**
 * Prints one field with its value, its explanation and where the value comes from.
 *
 * @since 0.1.0
 */
final class SettingsForm {

	/**
	 * Takes the settings to show.
	 *
	 * @since 0.1.0
	 *
	 * @param SettingsRepository $settings The settings.
	 */
	public function __construct( private readonly SettingsRepository $settings ) {
	}

	/**
	 * Gives the HTML id of a field.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The setting.
	 */
	public static function id( string $name ): string {
		return 'platen-' . strtr( $name, '_', '-' );
	}

	/**
	 * Prints a field.
	 *
	 * @since 0.1.0
	 *
	 * @param string $name The setting.
	 */
	public function print_field( string $name ): void {
		$field    = SettingsFields::all()[ $name ];
		$property = Schema::properties()[ $name ];
		$value    = get_object_vars( $this->settings->get() )[ $name ];
		$source   = $this->settings->source( $name );
		$input    = array(
			'id'               => self::id( $name ),
			'name'             => SettingsRepository::OPTION . '[' . $name . ']',
			'aria-describedby' => self::id( $name ) . '-help',
			'disabled'         => $source->is_fixed(),
		);

		match ( true ) {
			'boolean' === $property['type'] => $this->print_checkbox( $input, (bool) $value, $field ),
			'integer' === $property['type'] => $this->print_number( $input, (int) $value, $property, $field ),
			'system_prompt' === $name       => $this->print_textarea( $input, (string) $value, $property ),
			default                         => $this->print_text( $input, (string) $value, $property, $this->placeholder( $name ) ),
		};
		$this->print_help( $name, $field, $source );
	}

	/**
	 * Prints a checkbox. The hidden field before it says "off" when the box is not sent.
	 *
	 * @param array<string, string|bool> $input The field's attributes.
	 * @param bool                       $value Whether it is on.
	 * @param SettingsField              $field The words.
	 */
	private function print_checkbox( array $input, bool $value, SettingsField $field ): void {
		printf(
			'<input type="hidden" name="%1$s" value="0"><label for="%2$s"><input type="checkbox" id="%2$s" name="%1$s" value="1" %3$s %4$s> %5$s</label>',
			esc_attr( (string) $input['name'] ),
			esc_attr( (string) $input['id'] ),
			checked( $value, true, false ),
			disabled( $input['disabled'], true, false ),
			esc_html( $field->help )
		);
	}

	/**
	 * Prints a field for a whole number.
	 *
	 * @param array<string, string|bool> $input    The field's attributes.
	 * @param int                        $value    The number.
	 * @param array<string, mixed>       $property The setting's schema.
	 * @param SettingsField              $field    The words.
	 */
	private function print_number( array $input, int $value, array $property, SettingsField $field ): void {
		printf(
			'<input type="number" class="small-text platen-number" id="%s" name="%s" aria-describedby="%s" value="%d" min="%d" max="%d" step="1" required %s> <span>%s</span>',
			esc_attr( (string) $input['id'] ),
			esc_attr( (string) $input['name'] ),
			esc_attr( (string) $input['aria-describedby'] ),
			(int) $value,
			(int) $property['minimum'],
			(int) $property['maximum'],
			disabled( $input['disabled'], true, false ),
			esc_html( $field->unit )
		);
	}

	/**
	 * Prints a field for a long text.
	 *
	 * @param array<string, string|bool> $input    The field's attributes.
	 * @param string                     $value    The text.
	 * @param array<string, mixed>       $property The setting's schema.
	 */
	private function print_textarea( array $input, string $value, array $property ): void {
		printf(
			'<textarea class="large-text" rows="5" id="%s" name="%s" aria-describedby="%s" maxlength="%d" %s>%s</textarea>',
			esc_attr( (string) $input['id'] ),
			esc_attr( (string) $input['name'] ),
			esc_attr( (string) $input['aria-describedby'] ),
			(int) $property['maxLength'],
			disabled( $input['disabled'], true, false ),
			esc_textarea( $value )
		);
	}

	/**
	 * Prints a field for a short text.
	 *
	 * @param array<string, string|bool> $input       The field's attributes.
	 * @param string                     $value       The text.
	 * @param array<string, mixed>       $property    The setting's schema.
	 * @param string                     $placeholder What holds when the field is empty.
	 */
	private function print_text( array $input, string $value, array $property, string $placeholder ): void {
		printf(
			'<input type="text" class="regular-text code" id="%s" name="%s" aria-describedby="%s" value="%s" placeholder="%s" maxlength="%d" spellcheck="false" autocomplete="off" %s>',
			esc_attr( (string) $input['id'] ),
			esc_attr( (string) $input['name'] ),
			esc_attr( (string) $input['aria-describedby'] ),
			esc_attr( $value ),
			esc_attr( $placeholder ),
			(int) $property['maxLength'],
			disabled( $input['disabled'], true, false )
		);
	}

	/**
	 * Prints what a field does and where its value comes from.
	 *
	 * @param string        $name   The setting.
	 * @param SettingsField $field  The words.
	 * @param Source        $source Where the value comes from.
	 */
	private function print_help( string $name, SettingsField $field, Source $source ): void {
		$is_checkbox = 'boolean' === Schema::properties()[ $name ]['type'];
		printf(
			'<p class="description" id="%s-help">%s<span class="platen-source platen-source--%s">%s</span></p>',
			esc_attr( self::id( $name ) ),
			$is_checkbox ? '' : esc_html( $field->help ) . ' ',
			esc_attr( $source->value ),
			esc_html( $this->source_text( $name, $source ) )
		);
	}

	/**
	 * Says where a value comes from.
	 *
	 * @param string $name   The setting.
	 * @param Source $source Where its value comes from.
	 */
	private function source_text( string $name, Source $source ): string {
		$constant = (string) $this->settings->constant_name( $name );

		return match ( $source ) {
			/* translators: %s: The name of a constant. */
			Source::Constant    => sprintf( __( 'Fixed by %s in wp-config.php', 'platen' ), $constant ),
			/* translators: %s: The name of an environment variable. */
			Source::Environment => sprintf( __( 'Fixed by %s in the environment', 'platen' ), $constant ),
			Source::Option      => __( 'Set here', 'platen' ),
			Source::Ini         => __( 'From php.ini (platen.socket)', 'platen' ),
			Source::Default     => __( 'Default', 'platen' ),
		};
	}

	/**
	 * Gives what holds when a field is empty.
	 *
	 * @param string $name The setting.
	 */
	private function placeholder( string $name ): string {
		if ( 'socket' !== $name ) {
			return '';
		}
		$path = SettingsRepository::ini_socket();

		return '' === $path ? Socket::DEFAULT_PATH : $path;
	}
}
