import shutil

from desktop_app.restorers import Restorers


def test_a_model_in_a_folder_is_not_taken_for_one_of_its_name(small_model, model_folder, tmp_path):
    folder = str(shutil.copytree(model_folder, tmp_path / "folder"))
    restorers = Restorers("cpu")
    chosen = restorers.get(folder)
    assert restorers.get(folder) is chosen
    assert restorers.get("small") is restorers.get() is not chosen
    assert (chosen.info.reference, restorers.get().info.reference) == (folder, "small")
    restorers.close()
