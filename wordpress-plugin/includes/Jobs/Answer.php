<?php
/**
 * What a model answered.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * The answer of a succeeded job.
 *
 * @since 0.1.0
 */
final class Answer {

	/**
	 * Takes the answer's parts.
	 *
	 * @param string $text          Markdown; sanitised once it is stored.
	 * @param string $finish_reason Why the model stopped: `stop`, `length`, `content_filter` or `tool_calls`.
	 * @param string $model         The model that answered.
	 * @param string $provider      The provider that answered.
	 */
	public function __construct(
		public readonly string $text,
		public readonly string $finish_reason,
		public readonly string $model,
		public readonly string $provider
	) {
	}

	/**
	 * Gives the same answer with another text.
	 *
	 * @param string $text The text.
	 */
	public function with_text( string $text ): self {
		return new self( $text, $this->finish_reason, $this->model, $this->provider );
	}
}
