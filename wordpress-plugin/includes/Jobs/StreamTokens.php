<?php
/**
 * The way to a job's stream.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

use Platen\Exception\InvalidKey;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;

use function Platen\jwt_encode;

/**
 * Mints one-time tokens with which the browser opens the daemon's event stream of one job.
 *
 * @since 0.1.0
 */
final class StreamTokens {

	private const AUDIENCE   = 'platen:stream';
	private const LIFETIME_S = 120;

	/**
	 * Takes what a token is made of.
	 *
	 * @param SettingsRepository $settings The settings.
	 * @param Secrets            $secrets  The site's keys.
	 * @param Clock              $clock    The present.
	 */
	public function __construct(
		private readonly SettingsRepository $settings,
		private readonly Secrets $secrets,
		private readonly Clock $clock
	) {
	}

	/**
	 * Refuses unless tokens can be minted, so that no question is taken whose answer could not be shown.
	 *
	 * @throws Failure If the site has no id.
	 * @throws InvalidKey If the site's secret is missing.
	 */
	public function require_configured(): void {
		if ( ! $this->settings->get()->has_site() ) {
			throw Failure::not_configured();
		}
		$this->secrets->site_key();
	}

	/**
	 * Gives the path of a job's stream with a fresh token; null while the daemon does not have the job.
	 *
	 * @param Job $job The job.
	 * @throws InvalidKey If the site's secret is missing.
	 */
	public function path( Job $job ): ?string {
		if ( ! $job->is_handed_off() ) {
			return null;
		}
		$settings = $this->settings->get();
		$now      = $this->clock->now()->getTimestamp();
		$token    = jwt_encode(
			array(
				'iss' => $settings->site_id,
				'aud' => self::AUDIENCE,
				'sub' => $job->id->value,
				'iat' => $now,
				'exp' => $now + self::LIFETIME_S,
				'jti' => bin2hex( random_bytes( 16 ) ),
			),
			$this->secrets->site_key()
		);

		return sprintf( '%s/v1/jobs/%s/stream?token=%s', $settings->stream_base, $job->id->value, $token );
	}
}
