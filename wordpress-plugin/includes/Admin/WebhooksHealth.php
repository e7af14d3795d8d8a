<?php
/**
 * Webhooks in Site Health.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Job\EndpointReport;
use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Rest\WebhookController;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Sidecar\DaemonAway;
use Platen\WordPress\Sidecar\DaemonRefused;
use Platen\WordPress\Sidecar\SidecarGateway;

/**
 * Tells whether the daemon's webhooks reach the site, and what to do when they do not.
 *
 * @since 0.1.0
 */
final class WebhooksHealth implements Registrable {

	private const TEST = 'platen_webhooks';

	/** So many that wait say that the site is not reached. */
	private const MANY = 100;

	/**
	 * Takes what is asked.
	 *
	 * @param SidecarGateway $daemon    The daemon.
	 * @param Constants      $constants What `wp-config.php` fixes.
	 */
	public function __construct( private readonly SidecarGateway $daemon, private readonly Constants $constants ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_filter( 'site_status_tests', array( $this, 'add_test' ) );
	}

	/**
	 * Adds the test.
	 *
	 * @param array<string, array<string, mixed>> $tests The tests there are.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_test( array $tests ): array {
		$tests['direct'][ self::TEST ] = array(
			'label' => __( 'Platen webhooks', 'platen' ),
			'test'  => array( $this, 'test_webhooks' ),
		);

		return $tests;
	}

	/**
	 * Tests how the webhooks stand.
	 *
	 * @return array<string, mixed>
	 */
	public function test_webhooks(): array {
		try {
			$report = $this->daemon->results( 0, 0 )->webhooks;
		} catch ( DaemonAway | DaemonRefused ) {
			return HealthResult::of(
				self::TEST,
				'recommended',
				__( 'It is not known whether webhooks of Platen arrive', 'platen' ),
				__( 'The daemon did not answer. See the test of the daemon.', 'platen' )
			);
		}

		return $report->isOn() ? $this->of_webhooks_on( $report ) : $this->of_webhooks_off( $report );
	}

	/**
	 * Judges webhooks that are sent.
	 *
	 * @param EndpointReport $report How they stand.
	 * @return array<string, mixed>
	 */
	private function of_webhooks_on( EndpointReport $report ): array {
		if ( $report->waiting < self::MANY && null === $report->lastError ) {
			return HealthResult::of(
				self::TEST,
				'good',
				__( 'Webhooks of Platen arrive', 'platen' ),
				__( 'The daemon tells the site of each answer as soon as it is there.', 'platen' )
			);
		}

		return HealthResult::of(
			self::TEST,
			'recommended',
			__( 'Webhooks of Platen do not arrive', 'platen' ),
			sprintf(
				/* translators: 1: A number. 2: What went wrong. */
				__( '%1$d wait. The last try said: %2$s. Until they arrive, WP-Cron fetches the answers once a minute.', 'platen' ),
				$report->waiting,
				$report->lastError ?? __( 'nothing', 'platen' )
			)
		);
	}

	/**
	 * Judges webhooks that are not sent. That is as it should be where `wp-config.php` says so.
	 *
	 * @param EndpointReport $report How they stand.
	 * @return array<string, mixed>
	 */
	private function of_webhooks_off( EndpointReport $report ): array {
		$is_wanted = false === $this->constants->flag( WebhookController::CONSTANT );

		return HealthResult::of(
			self::TEST,
			$is_wanted ? 'good' : 'recommended',
			__( 'Platen sends no webhooks to this site', 'platen' ),
			sprintf(
				/* translators: 1: A time. 2: A command. */
				__( 'They are off since %1$s. WP-Cron fetches the answers once a minute. “%2$s” on the daemon\'s server turns them on again.', 'platen' ),
				null === $report->since ? '?' : $report->since->format( 'Y-m-d H:i:s' ) . ' UTC',
				'platend site webhooks ID on'
			)
		);
	}
}
