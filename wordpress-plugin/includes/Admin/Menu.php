<?php
/**
 * The plugin's place in wp-admin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

/**
 * Names the menu that the pages hang below.
 *
 * @since 0.1.0
 */
final class Menu {

	/**
	 * The slug of the menu, and of its first page, the jobs.
	 */
	public const SLUG = 'platen';

	/**
	 * Gives the icon: a platen, the roller that paper is pressed against, with a sheet in it.
	 *
	 * @since 0.1.0
	 */
	public static function icon(): string {
		$svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><path fill="black" d="M5 2h10v6H5V2zm1.5 1.5v3h7v-3h-7zM3 9h14v4H3V9zM1 10h1v2H1v-2zm17 0h1v2h-1v-2zM5 14h10v4H5v-4z"/></svg>';

		// The menu wants a data URI so that it can give the icon the colours of the admin scheme.
		return 'data:image/svg+xml;base64,' . base64_encode( $svg ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- See above.
	}
}
