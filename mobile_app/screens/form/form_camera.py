"""What covers a form while photos come into it: the camera, and over it the photo that is looked at."""

from collections.abc import Sequence

import flet as ft

from mobile_app.screens.camera import Shooting
from mobile_app.screens.form.form_photos import FormPhotos
from mobile_app.screens.keyed import keyed
from mobile_app.screens.photos.review import PhotoReview


def form_camera(photos: FormPhotos, references: Sequence[str]) -> ft.Control:
    """The camera goes on under the photo that it took, so that the next one is taken at once. `references`:
    see `Shooting`."""
    reviewed, over = photos.reviewed, list[ft.Control]()
    if photos.shooting:
        covered = reviewed is not None
        over.append(Shooting(photos.take, photos.pick, references, covered))
    if reviewed:
        review = keyed(f"review {id(reviewed)}", PhotoReview)
        over.append(review(reviewed, photos.shooting, photos.left, photos.use, photos.use_all, photos.skip))
    return ft.Stack(over, expand=True, fit=ft.StackFit.EXPAND)
