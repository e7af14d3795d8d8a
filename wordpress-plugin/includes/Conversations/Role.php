<?php
/**
 * Who speaks.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Conversations;

/**
 * The two sides of a stored conversation. The site's own instructions are a setting and are not stored with it.
 *
 * @since 0.1.0
 */
enum Role: string {

	case User      = 'user';
	case Assistant = 'assistant';
}
