<?php
/**
 * What became of a hand-off.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * The three ways a hand-off can go.
 *
 * @since 0.1.0
 */
enum HandOffOutcome {

	/** The daemon has the job. */
	case Sent;
	/** The daemon is away; the job waits in the outbox. */
	case Waiting;
	/** The daemon will never take it; the job is dead. */
	case Refused;
	/** Another request is handing it over, or it needs none. */
	case Skipped;
}
