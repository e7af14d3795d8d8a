<?php
/**
 * The markup of one chat. It is the same for every visitor, so that pages with it can be cached.
 *
 * @package Platen
 *
 * @var \Platen\WordPress\Blocks\ChatView $view Prepared by {@see \Platen\WordPress\Blocks\ChatBlock}.
 */

defined( 'ABSPATH' ) || exit;

?>
<div
	<?php echo $view->wrapper_attributes; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- get_block_wrapper_attributes() escapes. ?>

	data-wp-interactive="platen/chat"
	data-wp-init="callbacks.start"
	<?php echo wp_interactivity_data_wp_context( $view->context ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped by the function. ?>

>
<section class="platen-chat" aria-labelledby="<?php echo esc_attr( $view->id ); ?>-heading">
	<header class="platen-chat__header">
		<span class="platen-chat__avatar" aria-hidden="true"><svg viewBox="0 0 24 24" width="20" height="20"><path d="M12 2.5l2.1 6.4 6.4 2.1-6.4 2.1L12 19.5l-2.1-6.4L3.5 11l6.4-2.1zM19 15.5l.9 2.6 2.6.9-2.6.9-.9 2.6-.9-2.6-2.6-.9 2.6-.9z"/></svg></span>
		<h2 class="platen-chat__heading" id="<?php echo esc_attr( $view->id ); ?>-heading"><?php echo esc_html( $view->heading ); ?></h2>
		<button type="button" class="platen-chat__new" data-wp-on--click="actions.startNew" data-wp-bind--hidden="!state.isBegun" hidden>
			<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z"/></svg>
			<span><?php esc_html_e( 'New conversation', 'platen' ); ?></span>
		</button>
	</header>

	<div class="platen-chat__log" role="region" tabindex="0" aria-label="<?php esc_attr_e( 'Conversation', 'platen' ); ?>" data-wp-on--scroll="actions.scrolled" data-wp-watch="callbacks.stayAtEnd">
		<ol class="platen-chat__turns">
			<?php if ( '' !== $view->greeting ) : ?>
			<li class="platen-chat__turn">
				<div class="platen-chat__bubble"><div class="platen-chat__text"><p><?php echo esc_html( $view->greeting ); ?></p></div></div>
			</li>
			<?php endif; ?>
			<template data-wp-each--turn="context.turns" data-wp-each-key="context.turn.id">
				<li class="platen-chat__turn" data-wp-class--is-mine="state.isMine" data-wp-class--is-growing="state.isGrowing">
					<div class="platen-chat__bubble">
						<span class="platen-chat__hidden" data-wp-text="state.author"></span>
						<div class="platen-chat__text" dir="auto" data-wp-watch="callbacks.showText"></div>
					</div>
					<time class="platen-chat__time" data-wp-bind--datetime="context.turn.createdAt" data-wp-text="state.time"></time>
				</li>
			</template>
			<li class="platen-chat__turn" data-wp-bind--hidden="!state.isTyping" hidden>
				<div class="platen-chat__bubble platen-chat__typing">
					<span class="platen-chat__hidden"><?php esc_html_e( 'The answer is being written', 'platen' ); ?></span>
					<i></i><i></i><i></i>
				</div>
			</li>
		</ol>
		<p class="platen-chat__notice" data-wp-bind--hidden="!state.isQueued" hidden>
			<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M12 3a9 9 0 100 18 9 9 0 000-18zm0 2a7 7 0 110 14 7 7 0 010-14zm-1 2v6l4.5 2.6 1-1.6-3.5-2.1V7z"/></svg>
			<span><?php esc_html_e( 'Your question is queued; the answer will appear here.', 'platen' ); ?></span>
		</p>
		<p class="platen-chat__notice" data-wp-bind--hidden="!context.isInterrupted" hidden>
			<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M12 3a9 9 0 100 18 9 9 0 000-18zm0 2a7 7 0 110 14 7 7 0 010-14zm-1 2v6l4.5 2.6 1-1.6-3.5-2.1V7z"/></svg>
			<span><?php esc_html_e( 'The connection was interrupted; the answer will go on here.', 'platen' ); ?></span>
		</p>
		<p class="platen-chat__notice" data-wp-bind--hidden="!state.isStopped" hidden>
			<?php esc_html_e( 'The answer was stopped.', 'platen' ); ?>
		</p>
		<div class="platen-chat__notice is-failure" role="alert" data-wp-bind--hidden="!state.isFailed" hidden>
			<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M12 3a9 9 0 100 18 9 9 0 000-18zm-1 4h2v7h-2zm0 9h2v2h-2z"/></svg>
			<span data-wp-text="context.failureText"></span>
			<button type="button" class="platen-chat__again" data-wp-on--click="actions.tryAgain" data-wp-bind--hidden="!context.canTryAgain"><?php esc_html_e( 'Try again', 'platen' ); ?></button>
		</div>
	</div>

	<?php if ( $view->is_open ) : ?>
	<p class="platen-chat__notice is-limit" id="<?php echo esc_attr( $view->id ); ?>-limit" data-wp-bind--hidden="!state.isLimited" data-wp-text="context.waitText" hidden></p>
	<form class="platen-chat__composer" data-wp-on--submit="actions.submit">
		<label class="platen-chat__hidden" for="<?php echo esc_attr( $view->id ); ?>-question"><?php esc_html_e( 'Your question', 'platen' ); ?></label>
		<textarea id="<?php echo esc_attr( $view->id ); ?>-question" rows="1" maxlength="8000" dir="auto" enterkeyhint="send" autocomplete="off" placeholder="<?php echo esc_attr( $view->placeholder ); ?>" aria-describedby="<?php echo esc_attr( $view->id ); ?>-hint" data-wp-on--input="actions.input" data-wp-on--keydown="actions.key"></textarea>
		<button type="button" class="platen-chat__button is-stop" aria-label="<?php esc_attr_e( 'Stop the answer', 'platen' ); ?>" data-wp-on--click="actions.stop" data-wp-bind--hidden="!state.canStop" hidden>
			<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><rect x="7" y="7" width="10" height="10" rx="2"/></svg>
		</button>
		<button type="submit" class="platen-chat__button" aria-label="<?php esc_attr_e( 'Send', 'platen' ); ?>" data-wp-bind--hidden="state.canStop" data-wp-bind--disabled="!state.canSend" disabled>
			<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 4l7 7-1.5 1.5L13 8v12h-2V8l-4.5 4.5L5 11z"/></svg>
		</button>
	</form>
	<p class="platen-chat__hint" id="<?php echo esc_attr( $view->id ); ?>-hint">
		<span class="platen-chat__keys"><?php esc_html_e( 'Enter sends, Shift + Enter starts a new line.', 'platen' ); ?></span>
		<?php esc_html_e( 'Answers are written by AI and can be wrong.', 'platen' ); ?>

	</p>
	<?php else : ?>
	<p class="platen-chat__notice">
		<?php esc_html_e( 'Please log in to ask a question.', 'platen' ); ?>
		<a href="<?php echo esc_url( $view->login_url ); ?>"><?php esc_html_e( 'Log in', 'platen' ); ?></a>
	</p>
	<?php endif; ?>

	<p class="platen-chat__hidden" role="status" aria-live="polite" data-wp-text="context.announcement"></p>
	<noscript><p class="platen-chat__notice"><?php esc_html_e( 'The chat needs JavaScript.', 'platen' ); ?></p></noscript>
</section>
</div>
