<?php
/**
 * One line of the settings form.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * The words of one setting.
 *
 * @since 0.1.0
 */
final class SettingsField {

	/**
	 * Takes the words.
	 *
	 * @since 0.1.0
	 *
	 * @param string $section Where on the page it stands: a key of {@see SettingsFields::sections()}.
	 * @param string $label   What it is called.
	 * @param string $help    What it does.
	 * @param string $rule    What a value must be; completes "… was not changed:".
	 * @param string $unit    What a number counts; may be empty.
	 */
	public function __construct(
		public readonly string $section,
		public readonly string $label,
		public readonly string $help,
		public readonly string $rule = '',
		public readonly string $unit = ''
	) {
	}
}
