<?php
/**
 * How the connection to the daemon stands.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * The outcomes of {@see ConnectionTest}.
 *
 * @since 0.1.0
 */
enum ConnectionState: string {

	case Connected     = 'connected';
	case NotConfigured = 'not_configured';
	case Away          = 'away';
	case TooSlow       = 'too_slow';
	case NotAllowed    = 'not_allowed';
	case UnknownSite   = 'unknown_site';
	case OtherVersion  = 'other_version';
	case Refused       = 'refused';
}
