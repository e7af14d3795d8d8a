<?php
/**
 * Results of Site Health.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

/**
 * Builds a result as Site Health wants it.
 *
 * @since 0.1.0
 */
final class HealthResult {

	/**
	 * Builds the result of one test.
	 *
	 * @param string $test        The test's name.
	 * @param string $status      `good`, `recommended` or `critical`.
	 * @param string $label       The outcome in one line.
	 * @param string $description What it means and what to do.
	 * @param string $actions     HTML of links; may be empty.
	 * @return array<string, mixed>
	 */
	public static function of( string $test, string $status, string $label, string $description, string $actions = '' ): array {
		return array(
			'test'        => $test,
			'status'      => $status,
			'label'       => $label,
			'description' => '<p>' . esc_html( $description ) . '</p>',
			'actions'     => $actions,
			'badge'       => array(
				'label' => __( 'Platen', 'platen' ),
				'color' => array( 'good' => 'blue', 'recommended' => 'orange', 'critical' => 'red' )[ $status ],
			),
		);
	}
}
