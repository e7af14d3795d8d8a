<?php
/**
 * Finding the classes.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

/**
 * Maps `Platen\WordPress\` to `includes/` and `Platen\` to the PHP library, without Composer at run time.
 *
 * @since 0.1.0
 */
final class Autoloader {

	/**
	 * Registers both namespaces and loads the library's functions where the extension is absent.
	 *
	 * @param string $plugin_dir The plugin's folder.
	 */
	public static function register( string $plugin_dir ): void {
		$library = self::library( $plugin_dir );
		if ( null !== $library ) {
			self::map( 'Platen\\', $library );
		}
		// Prepended, so that the longer prefix is asked first.
		self::map( 'Platen\\WordPress\\', $plugin_dir . '/includes' );

		if ( null !== $library ) {
			require_once $library . '/bootstrap.php';
		}
	}

	/**
	 * Finds the PHP library: beside the plugin's own files when packaged, in `php/` in the source tree.
	 *
	 * @param string $plugin_dir The plugin's folder.
	 */
	private static function library( string $plugin_dir ): ?string {
		$source_tree = dirname( (string) realpath( $plugin_dir ) ) . '/php/src';
		foreach ( array( $plugin_dir . '/lib/platen/src', $source_tree ) as $folder ) {
			if ( is_file( $folder . '/bootstrap.php' ) ) {
				return $folder;
			}
		}

		return null;
	}

	/**
	 * Maps one namespace to one folder.
	 *
	 * @param string $prefix The namespace with its closing backslash.
	 * @param string $folder Where its classes are.
	 */
	private static function map( string $prefix, string $folder ): void {
		$load = static function ( string $class_name ) use ( $prefix, $folder ): void {
			if ( ! str_starts_with( $class_name, $prefix ) ) {
				return;
			}
			$file = $folder . '/' . strtr( substr( $class_name, strlen( $prefix ) ), '\\', '/' ) . '.php';
			if ( is_file( $file ) ) {
				require $file;
			}
		};
		spl_autoload_register( $load, true, true );
	}
}
