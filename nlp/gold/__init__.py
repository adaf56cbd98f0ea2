"""Texts written for this project with the labels that a careful reader gives them: what every part of the annotation is measured on."""
