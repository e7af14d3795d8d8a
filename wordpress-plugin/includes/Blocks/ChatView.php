<?php
/**
 * What the template of the chat shows.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Blocks;

/**
 * Holds the prepared values of one chat; the template only prints them.
 *
 * @since 0.1.0
 */
final class ChatView {

	/**
	 * Takes the values. None of them is secret or depends on the visitor's session: the page may be cached.
	 *
	 * @since 0.1.0
	 *
	 * @param string               $id                 Unique on the page; the prefix of element ids.
	 * @param string               $wrapper_attributes Escaped attributes of the outer element.
	 * @param array<string, mixed> $context            The state the chat begins in.
	 * @param string               $heading            Stands above the conversation.
	 * @param string               $greeting           The assistant's first words; may be empty.
	 * @param string               $placeholder        Stands in the empty composer.
	 * @param bool                 $is_open            Whether this visitor may ask.
	 * @param string               $login_url          Where a visitor logs in who may not ask without.
	 */
	public function __construct(
		public readonly string $id,
		public readonly string $wrapper_attributes,
		public readonly array $context,
		public readonly string $heading,
		public readonly string $greeting,
		public readonly string $placeholder,
		public readonly bool $is_open,
		public readonly string $login_url
	) {
	}
}
