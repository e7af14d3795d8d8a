<?php
/**
 * The shortcode `[ai_chat]`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Blocks;

use Platen\WordPress\Contracts\Registrable;

/**
 * Shows the chat block where blocks cannot be placed: `[ai_chat heading="…" greeting="…" placeholder="…"]`.
 *
 * @since 0.1.0
 */
final class ChatShortcode implements Registrable {

	public const TAG = 'ai_chat';

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_shortcode( self::TAG, array( $this, 'render' ) );
	}

	/**
	 * Renders the block. Going through WordPress's own rendering brings its style, script and directives along.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, string>|string $attributes The shortcode's attributes; an empty text when it has none.
	 */
	public function render( array|string $attributes ): string {
		$attributes = shortcode_atts(
			array(
				'heading'     => '',
				'greeting'    => '',
				'placeholder' => '',
			),
			is_array( $attributes ) ? $attributes : array(),
			self::TAG
		);

		return render_block(
			array(
				'blockName'    => ChatBlock::NAME,
				'attrs'        => $attributes,
				'innerBlocks'  => array(),
				'innerHTML'    => '',
				'innerContent' => array(),
			)
		);
	}
}
